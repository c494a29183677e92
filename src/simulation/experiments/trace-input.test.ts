import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { loadTrace, usageOf } from './trace-input.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-trace-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'trace.csv');
  writeFileSync(path, text);
  return path;
}

describe('a trace', () => {
  test('has a column of percentages for each machine', () => {
    const trace = loadTrace({ trace: file('"a",b\n50,0\n100,25\n') });
    expect(trace?.machines).toEqual([
      { name: 'a', cpu: Float32Array.of(0.5, 1) },
      { name: 'b', cpu: Float32Array.of(0, 0.25) },
    ]);
  });

  test.each([
    ['a,b\n1\n', 'line 2: 1 cells, the header has 2'],
    ['a,b\n1,2\n3,-4\n', 'line 3: cell 2 is -4, no percentage'],
    ['a,b\n1,\n', 'line 2: cell 2 is empty, no percentage'],
    ['a,b\n', 'has no samples'],
  ])('is refused with its line: %j', (text, message) => {
    expect(() => loadTrace({ trace: file(text) })).toThrow(message);
  });

  test('that is not there is refused', () => {
    expect(() => loadTrace({ trace: join(folder, 'nowhere.csv') })).toThrow('cannot read the trace');
  });
});

test('machines have all resources, shares from 0 to 1, with or without a trace, the same for the same seed', () => {
  for (const loaded of [undefined, loadTrace({ trace: file('a,b\n50,0\n100,25\n') })]) {
    const usage = usageOf(loaded, 2, seededRandom(1));
    expect(usage).toEqual(usageOf(loaded, 2, seededRandom(1)));
    for (const { cpu, memory, network, disk } of usage.machines)
      for (const shares of [cpu, memory, network, disk])
        expect(shares?.every((share) => share >= 0 && share <= 1)).toBe(true);
  }
});
