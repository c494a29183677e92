import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { loadTrace, traceNotes, usageOf } from './trace-input.js';

const folder = mkdtempSync(join(tmpdir(), 'penstock-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'table.csv');
writeFileSync(file, 'a,b\n50,0\n100,25\n');

test('machines have all resources, shares from 0 to 1, with or without a trace, the same for the same seed', async () => {
  for (const loaded of [undefined, await loadTrace({ trace: file, skipBad: false })]) {
    const usage = usageOf(loaded, 2, seededRandom(1));
    expect(usage).toEqual(usageOf(loaded, 2, seededRandom(1)));
    for (const { cpu, memory, network, disk } of usage.machines)
      for (const shares of [cpu, memory, network, disk])
        expect(shares?.every((share) => share >= 0 && share <= 1)).toBe(true);
  }
});

test('a result says where use is from and what of it is made up', async () => {
  expect(traceNotes(undefined).join(' ')).toMatch(/synthetic.*memory, network, disk is derived/);
  expect(traceNotes(await loadTrace({ trace: file, skipBad: false })).join(' ')).toMatch(
    /PlanetLab, table.csv, 2 machines.*is derived/,
  );
});

test('more machines than a trace has, and options of a trace without one, are refused', async () => {
  const loaded = await loadTrace({ trace: file, skipBad: false });
  expect(() => usageOf(loaded, 3, seededRandom(1))).toThrow('the trace has 2 machines, 3 are wanted');
  await expect(loadTrace({ day: '20110303', skipBad: false })).rejects.toThrow('--day needs a trace');
  await expect(loadTrace({ skipBad: true })).rejects.toThrow('--skip-bad needs a trace');
});
