/** A seed says everything: the result does not depend on the version of Node.js, the time zone, or how many work at it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { experiments } from '../../src/simulation/experiments/index.js';
import { builtProgram } from '../program.js';
import { quickParameters } from './quick-parameters.js';

/** Other Node.js binaries, with colons between. */
const nodesVariable = 'PENSTOCK_NODES';
const others = (process.env[nodesVariable] ?? '').split(delimiter).filter((path) => path !== '');
if (others.length === 0)
  process.stderr.write(`skipped: results on other versions of Node.js (${nodesVariable} is not set)\n`);

const folder = mkdtempSync(join(tmpdir(), 'penstock-same-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let program: string;
beforeAll(async () => {
  program = await builtProgram();
});

let runs = 0;
async function resultOf(name: string, node: string, zone: string, workers: number): Promise<unknown> {
  const words = ['--json', '--seeds', '2', '--workers', String(workers), '--out', join(folder, String(runs++))];
  const { stdout } = await promisify(execFile)(
    node,
    [program, 'experiment', 'run', name, ...words, ...(quickParameters[name] ?? [])],
    { env: { ...process.env, TZ: zone, LANG: zone === 'UTC' ? 'C' : 'de_DE.UTF-8' }, maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout);
}

test('every experiment has parameters with which it is quick', () => {
  expect(Object.keys(quickParameters).toSorted()).toEqual(experiments.map(({ name }) => name).toSorted());
});

describe.each(experiments.map(({ name }) => name))('the result of %s', (name) => {
  let result: unknown;
  beforeAll(async () => {
    result = await resultOf(name, process.execPath, 'UTC', 1);
  });

  test('is the same in another time zone, and with two workers', async () => {
    expect(await resultOf(name, process.execPath, 'Asia/Kolkata', 2)).toEqual(result);
  });

  test.skipIf(others.length === 0)('is the same on other versions of Node.js', async () => {
    for (const node of others) expect({ node, result: await resultOf(name, node, 'UTC', 2) }).toEqual({ node, result });
  });
});
