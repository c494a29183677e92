/** The whole control plane in virtual time: every write, in its order, follows from the seed. */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { compiledCode } from '../faults/buggy-copy.js';
import { traceHash } from './trace-hash.js';

const others = (process.env.PENSTOCK_NODES ?? '').split(delimiter).filter((path) => path !== '');

test('two simulations with one seed write the same, and with another seed something else', async () => {
  const hash = await traceHash(1);
  expect(await traceHash(1)).toBe(hash);
  expect(await traceHash(2)).not.toBe(hash);
});

test('a simulation writes the same in every time zone and on every Node.js that is there', async () => {
  const program = join(await compiledCode(), 'test', 'simulation', 'print-trace-hash.js');
  const hashes = [process.execPath, ...others].flatMap((node) =>
    ['UTC', 'America/St_Johns'].map(async (zone) => {
      const { stdout } = await promisify(execFile)(node, [program, '1'], { env: { ...process.env, TZ: zone } });
      return stdout.trim();
    }),
  );
  expect(new Set(await Promise.all(hashes))).toEqual(new Set([await traceHash(1)]));
});
