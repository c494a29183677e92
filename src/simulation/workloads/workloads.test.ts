import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import { afterAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { mean } from '../../support/statistics.js';
import { withDerivedResources } from './derived-resources.js';
import { readUsageTrace, type UsageTraceOptions } from './read-usage-trace.js';
import { syntheticUsage } from './synthetic-usage.js';
import type { UsageTrace } from './usage-trace.js';

const folder = mkdtempSync(join(tmpdir(), 'penstock-traces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
/** Files below a folder of their own; returns the folder. */
function writtenFiles(files: Readonly<Record<string, string>>): string {
  const root = join(folder, String(written++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

function oneFile(content: string | Uint8Array, name = 'trace'): string {
  const root = writtenFiles({});
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, name), content);
  return join(root, name);
}

const shares = ({ machines }: UsageTrace) =>
  machines.map(({ name, cpu }) => [name, ...Array.from(cpu, (share) => Math.round(share * 1000) / 1000)]);
const read = async (path: string, options?: UsageTraceOptions) => shares(await readUsageTrace(path, options));

const two = [
  ['a', 0.1, 0.2, 1],
  ['b', 0, 0.05, 0.5],
];
const tar = (files: Readonly<Record<string, string>>) =>
  createTar(Object.entries(files).map(([name, data]) => ({ name, data })));

describe('PlanetLab', () => {
  test('is read from a folder, in byte order of the names', async () => {
    expect(await read(writtenFiles({ b: '0\n5\n50\n', a: '10\n20\n100\n' }))).toEqual(two);
    expect((await read(writtenFiles({ é: '1\n2\n', Z: '1\n2\n', a: '1\n2\n' }))).map(([name]) => name)).toEqual([
      'Z',
      'a',
      'é',
    ]);
  });

  test('is read from a table, with or without quotes and a last line end', async () => {
    expect(await read(oneFile('"a","b"\n10,0\n20,5\n100,50\n'))).toEqual(two);
    expect(await read(oneFile('a,b\r\n10,0\r\n20,5\r\n100,50'))).toEqual(two);
  });

  test('is read from archives of either', async () => {
    expect(await read(oneFile(gzipSync(tar({ 'd/b': '0\n5\n50\n', './d/a': '10\n20\n100\n' }))))).toEqual(two);
    expect(await read(oneFile(gzipSync(tar({ 'table.csv': 'a,b\n10,0\n20,5\n100,50\n' }))))).toEqual(two);
    expect(await read(oneFile(tar({ a: '10\n20\n100\n', b: '0\n5\n50\n' })))).toEqual(two);
    expect(await read(oneFile(gzipSync('a,b\n10,0\n20,5\n100,50\n')))).toEqual(two);
  });

  test('of several days is read a day at a time', async () => {
    const path = oneFile(gzipSync(tar({ '20110303/a': '1\n2\n', '20110306/b': '3\n4\n' })));
    expect(await read(path, { day: '20110306' })).toEqual([['b', 0.03, 0.04]]);
    expect((await readUsageTrace(path)).notes).toEqual(['Of 2 days the first, 20110303.']);
    await expect(readUsageTrace(path, { day: '20110309' })).rejects.toMatchObject({
      message: 'the trace has no day 20110309',
      hint: 'it has 20110303, 20110306',
    });
  });

  test('beside folders is read without them', async () => {
    expect(await read(writtenFiles({ a: '10\n20\n', 'old/b': '30\n40\n' }))).toEqual([['a', 0.1, 0.2]]);
  });

  test('in an archive cannot reach out of it', async () => {
    expect(await read(oneFile(tar({ '../../etc/a': '10\n20\n' })))).toEqual([['a', 0.1, 0.2]]);
  });
});

const bitbrains = (rows: readonly string[], header = bitbrainsHeader) => [header, ...rows].join('\n');
const bitbrainsHeader =
  'Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];\tCPU usage [%];\tMemory capacity provisioned [KB];\tMemory usage [KB];\tDisk read throughput [KB/s];\tDisk write throughput [KB/s];\tNetwork received throughput [KB/s];\tNetwork transmitted throughput [KB/s]';

describe('Bitbrains', () => {
  const rows = [
    '1;\t1;\t2600;\t650;\t25.0;\t1000;\t250;\t5000;\t5000;\t0;\t12500',
    '2;\t1;\t2600;\t1300;\t50.0;\t1000;\t500;\t0;\t0;\t0;\t0',
  ];

  test('is read with shares of memory, network and disk', async () => {
    const { machines } = await readUsageTrace(oneFile(bitbrains(rows), '17.csv'));
    expect(
      machines.map(({ name, cpu, memory = [], network = [], disk = [] }) => ({
        name,
        cpu: [...cpu],
        memory: [...memory],
        network: [...network],
        disk: [...disk],
      })),
    ).toEqual([
      {
        name: '17',
        cpu: [0.25, 0.5],
        memory: [0.25, 0.5],
        network: [expect.closeTo(0.1), 0],
        disk: [expect.closeTo(0.1), 0],
      },
    ]);
  });

  test('does not mind the order of the columns', async () => {
    const turned = (line: string) => line.split(';').toReversed().join(';');
    const path = oneFile([bitbrainsHeader, ...rows].map(turned).join('\n'));
    expect(await read(path)).toEqual([['trace', 0.25, 0.5]]);
  });

  test('keeps the time of what is skipped', async () => {
    const path = oneFile(
      bitbrains([rows[0] ?? '', '2;\t1;\t2600;\t1300;\tmuch;\t1;\t1;\t0;\t0;\t0;\t0', rows[1] ?? '']),
    );
    expect(await read(path, { skipBad: true })).toEqual([['trace', 0.25, 0.25, 0.5]]);
  });

  test('beside a file of another kind is read where bad records are skipped, else that file is named', async () => {
    const path = writtenFiles({ '1.csv': bitbrains(rows), '0-README': 'Of a data centre.\n' });
    expect((await readUsageTrace(path, { skipBad: true })).machines.length).toBe(1);
    await expect(readUsageTrace(path)).rejects.toThrow('0-README: it is not of the same format as the others');
  });

  test('that lacks columns says which', async () => {
    const path = oneFile(bitbrains(rows, bitbrainsHeader.replace('Memory usage', 'Memory use')), '17.csv');
    await expect(readUsageTrace(path)).rejects.toThrow('17.csv:1: a column is missing: Memory usage [KB]');
  });
});

describe('what cannot be read says where and why', () => {
  const good = '1\n2\n';
  test.each<[string, string | Uint8Array | Record<string, string>, string]>([
    ['a word', { a: '1\ntwo\n' }, 'a:2: "two" is not a whole number of per cent'],
    ['a negative use', { a: '1\n-2\n' }, 'a:2: "-2" is not a whole number of per cent'],
    ['too much', { a: '1\n101\n' }, 'a:2: 101 is more than 100 per cent'],
    ['too few samples', { a: '1\n', b: good }, 'a: it has fewer than two samples'],
    ['another length', { a: good, b: '1\n2\n3\n' }, 'b: it has 3 samples, the files before it have 2'],
    ['a hole in a table', 'a,b\n1,2\n3,\n', 'trace:3, column b: "" is not a whole number of per cent'],
    ['a broken archive', gzipSync('a,b\n1,2\n').subarray(0, 20), 'it begins as a gzip file and cannot be unpacked'],
    ['a text', 'To be or not to be\n', 'trace: its format is not known'],
    ['nothing', '', 'trace: the file is empty'],
    [
      'no number',
      bitbrains(['1;\t1;\t1;\t1;\tmuch;\t1;\t1;\t1;\t1;\t1;\t1']),
      'trace:2, column CPU usage [%]: "much" is not a number',
    ],
    [
      'a negative number',
      bitbrains(['1;\t1;\t1;\t1;\t5;\t1;\t1;\t-7;\t1;\t1;\t1']),
      'column Disk read throughput [KB/s]: -7 is negative',
    ],
    ['a row that is too short', 'a,b\n1,2\n3\n', 'trace:3: it has 1 cells, the header has 2'],
    ['a column that is there twice', 'a,a\n1,2\n', 'trace:1: the column a is there twice'],
    ['no rows', bitbrains([]), 'trace: there is nothing after the header'],
    ['not parquet', 'PAR1 is how it begins', 'trace: it begins as a parquet file and cannot be read'],
  ])('%s', async (_what, content, message) => {
    const path =
      typeof content === 'string' || content instanceof Uint8Array ? oneFile(content) : writtenFiles(content);
    await expect(readUsageTrace(path)).rejects.toThrow(message);
  });

  test('a trace that is not there', async () => {
    await expect(readUsageTrace(join(folder, 'none'))).rejects.toMatchObject({ code: 'TRACE_MISSING' });
  });

  test('and is skipped and counted where that is wanted', async () => {
    const path = writtenFiles({ a: '1\n2\n', b: '1\nx\n', c: '3\n4\n', d: '5\n' });
    const trace = await readUsageTrace(path, { skipBad: true });
    expect(shares(trace)).toEqual([
      ['a', 0.01, 0.02],
      ['c', 0.03, 0.04],
    ]);
    expect(trace.notes).toEqual(['2 bad records were skipped, the first: b:2: "x" is not a whole number of per cent']);
    await expect(readUsageTrace(writtenFiles({ a: 'x\n', b: '1\n' }), { skipBad: true })).rejects.toThrow(
      'there is no machine in it',
    );
  });
});

describe('synthetic use', () => {
  const trace = syntheticUsage(1000, seededRandom(1));
  const all = trace.machines.flatMap(({ cpu }) => [...cpu]);

  test('is like that of PlanetLab', () => {
    const middle = mean(all);
    expect(middle).toBeGreaterThan(0.09);
    expect(middle).toBeLessThan(0.13);
    const deviation = Math.sqrt(mean(all.map((share) => (share - middle) ** 2)));
    expect(deviation).toBeGreaterThan(0.12);
    expect(deviation).toBeLessThan(0.18);
    expect(all.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test('is the same for the same seed, and of a machine whatever the others', () => {
    expect(shares(syntheticUsage(3, seededRandom(7)))).toEqual(shares(syntheticUsage(5, seededRandom(7))).slice(0, 3));
    expect(shares(syntheticUsage(3, seededRandom(8)))).not.toEqual(shares(syntheticUsage(3, seededRandom(7))));
  });
});

describe('derived resources', () => {
  test('go with cpu, are shares, and are said to be derived', () => {
    const trace = withDerivedResources(syntheticUsage(20, seededRandom(1)), seededRandom(2));
    for (const { cpu, memory = [], network = [], disk = [] } of trace.machines)
      for (const [at, share] of cpu.entries()) {
        expect(disk[at]).toBeCloseTo(Math.min(1, 0.05 + 0.3 * share), 5);
        expect(network[at]).toBeGreaterThanOrEqual(Math.min(1, 0.05 + 0.6 * share) - 1e-6);
        expect(memory[at]).toBeGreaterThanOrEqual(0.2);
        expect(memory[at]).toBeLessThanOrEqual(1);
      }
    expect(trace.notes.at(-1)).toContain('memory, network, disk is derived from cpu');
  });

  test('are made machine by machine', () => {
    const mixed: UsageTrace = {
      source: '',
      notes: [],
      interval: 1,
      machines: [
        { name: 'a', cpu: Float64Array.of(0.5), disk: Float64Array.of(0.75) },
        { name: 'b', cpu: Float64Array.of(0.5) },
      ],
    };
    const { machines } = withDerivedResources(mixed, seededRandom(1));
    expect(machines.map(({ disk = [] }) => [...disk].map((share) => share.toFixed(2)))).toEqual([['0.75'], ['0.20']]);
  });

  test('leave alone what was measured', () => {
    const measured: UsageTrace = {
      source: '',
      notes: [],
      interval: 1,
      machines: [{ name: 'a', cpu: Float64Array.of(0.5), memory: Float64Array.of(0.75) }],
    };
    const [machine] = withDerivedResources(measured, seededRandom(1)).machines;
    expect(machine?.memory).toEqual(Float64Array.of(0.75));
    expect(machine?.network).toBeDefined();
  });
});

const traces = process.env.PENSTOCK_TRACES;
if (!traces) process.stderr.write('skipped: public traces (PENSTOCK_TRACES is not set)\n');

describe.skipIf(!traces)('public traces', () => {
  const at = (name: string) => join(traces ?? '', name);

  test('of PlanetLab have as many machines as they should, in every form', async () => {
    const table = await readUsageTrace(at('planetlab/planetlab-20110303.csv'));
    const archive = await readUsageTrace(at('planetlab/planetlab-20110303.tar.gz'));
    expect(table.machines.length).toBe(1052);
    expect(shares(archive)).toEqual(shares(table));
    const days = [
      '20110303',
      '20110306',
      '20110309',
      '20110322',
      '20110325',
      '20110403',
      '20110409',
      '20110411',
      '20110412',
      '20110420',
    ];
    let machines = 0;
    for (const day of days)
      machines += (await readUsageTrace(at('planetlab/planetlab-all-10-days.tar.gz'), { day })).machines.length;
    expect(machines).toBe(11_746);
  });

  test('of Bitbrains and OpenDC are read whole', async () => {
    const [single] = (await readUsageTrace(at('bitbrains-opendc/bitbrains-single-vm.csv'))).machines;
    expect(single?.cpu.length).toBe(8619);
    const small = writtenFiles({});
    mkdirSync(small, { recursive: true });
    const { readFileSync } = await import('node:fs');
    for (const name of ['tasks', 'fragments'])
      writeFileSync(join(small, name), readFileSync(at(`bitbrains-opendc/bitbrains-small-${name}.parquet`)));
    const { machines } = await readUsageTrace(small);
    expect(machines.length).toBe(50);
    // machines of several cores too: capacity is that of all cores
    expect(machines.filter(({ cpu }) => cpu.some((share) => share > 0.9)).length).toBeGreaterThan(5);
  });
});
