import { describe, expect, test } from 'vitest';
import { diskCounter } from './disk-counter.js';
import { pressureBetween, rateOf, useBetween } from './rates.js';
import { type Figures, parseSummary, type Summary } from './summary.js';

const seconds = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString().replace('.000Z', 'Z');
const at = (n: number) => Date.UTC(2026, 0, 1) + n * 1000;

const psi = (total: number, avg10: number) => ({
  full: { total: 0, avg10: 0, avg60: 0, avg300: 0 },
  some: { total, avg10, avg60: 0, avg300: 0 },
});

/** As a kubelet writes it, with the fields of its API types that are read and some that are not. */
const document = {
  node: {
    nodeName: 'a',
    startTime: seconds(-1000),
    systemContainers: [{ name: 'kubelet', startTime: seconds(-1000), cpu: { time: seconds(0), usageNanoCores: 1 } }],
    cpu: { time: seconds(0), usageNanoCores: 1_500_000_000, usageCoreNanoSeconds: 5e15, psi: psi(2e9, 12.5) },
    memory: { time: seconds(0), availableBytes: 1, usageBytes: 9e9, workingSetBytes: 7e9, psi: psi(0, 0) },
    io: { time: seconds(0), psi: psi(1e9, 250) },
    network: {
      time: seconds(0),
      name: 'eth0',
      rxBytes: 1000,
      rxErrors: 0,
      txBytes: 500,
      txErrors: 0,
      interfaces: [
        { name: 'eth0', rxBytes: 1000, txBytes: 500 },
        { name: 'cni0', rxBytes: 900, txBytes: 400 },
      ],
    },
    fs: { time: seconds(0), availableBytes: 1, capacityBytes: 100, usedBytes: 40 },
  },
  pods: [
    {
      podRef: { name: 'p', namespace: 'ns', uid: 'u' },
      startTime: seconds(-100),
      containers: [{ name: 'main', startTime: seconds(-100), cpu: { time: seconds(0), usageNanoCores: 7 } }],
      cpu: { time: seconds(0), usageNanoCores: 250_000_000, usageCoreNanoSeconds: 3e12 },
      memory: { time: seconds(0), workingSetBytes: 5e8 },
      network: { time: seconds(0), name: 'eth0', rxBytes: 10, txBytes: 20 },
      'ephemeral-storage': { time: seconds(0), usedBytes: 4096 },
    },
  ],
};

const read = (value: unknown): Summary => {
  const summary = parseSummary(JSON.stringify(value));
  if (typeof summary === 'string') throw new Error(summary);
  return summary;
};

const nodeWith = (parts: object) => ({ ...document, node: { ...document.node, ...parts } });

describe('A summary', () => {
  test('says what the node and its pods have used', () => {
    const { nodeName, node, pods } = read(document);
    expect(nodeName).toBe('a');
    expect(node).toEqual({
      at: at(0),
      cpu: { at: at(0), total: 5e15 },
      cpuNow: 1500,
      memory: 7e9,
      storage: 40,
      network: { at: at(0), total: 1500 },
      stalls: {
        cpu: { at: at(0), total: 2e9, share: 0.125 },
        memory: { at: at(0), total: 0, share: 0 },
        io: { at: at(0), total: 1e9, share: 1 },
      },
    });
    expect([...pods]).toEqual([
      [
        'ns/p',
        {
          at: at(0),
          cpu: { at: at(0), total: 3e12 },
          cpuNow: 250,
          memory: 5e8,
          storage: 4096,
          network: { at: at(0), total: 30 },
          stalls: {},
        },
      ],
    ]);
  });

  test.each([
    ['what is no JSON', 'cpu 1', 'the answer is not a summary: it is no JSON object'],
    ['a list', '[]', 'the answer is not a summary: it is no JSON object'],
    ['a Status', '{"kind":"Status"}', 'the answer is not a summary: it names no node'],
    ['a node whose name is a number', '{"node":{"nodeName":7}}', 'the answer is not a summary: it names no node'],
    ['a node without figures', '{"node":{"nodeName":"a"}}', 'the summary has neither cpu nor memory of the node'],
    [
      'a node whose times cannot be read',
      '{"node":{"nodeName":"a","cpu":{"time":"soon","usageNanoCores":1}}}',
      'the summary has neither cpu nor memory of the node',
    ],
  ])('is not %s', (_what, text, problem) => {
    expect(parseSummary(text)).toBe(problem);
  });

  const cpu = (usageNanoCores: unknown, usageCoreNanoSeconds: unknown = 'none') =>
    nodeWith({ cpu: { time: seconds(0), usageNanoCores, usageCoreNanoSeconds } });

  test.each<[string, unknown, Partial<Figures>]>([
    ['a text for a number', cpu('1500'), { cpuNow: undefined, cpu: undefined }],
    ['a negative number', cpu(-1, -1), { cpuNow: undefined, cpu: undefined }],
    ['null', cpu(null, null), { cpuNow: undefined, cpu: undefined }],
    ['more than a counter holds', cpu(1e300, 2e19), { cpuNow: undefined, cpu: undefined }],
    ['a list for an object', nodeWith({ memory: [1] }), { memory: undefined }],
    ['an object for a number', nodeWith({ fs: { usedBytes: {} } }), { storage: undefined }],
    [
      'one direction of the network only',
      nodeWith({ network: { time: seconds(0), rxBytes: 5 } }),
      { network: undefined },
    ],
    ['a network without a time', nodeWith({ network: { rxBytes: 5, txBytes: 5 } }), { network: undefined }],
    ['a pressure that is none', nodeWith({ io: { time: seconds(0), psi: { some: 7 } } }), {}],
  ])('with %s lacks that and keeps the rest', (_what, given, expected) => {
    const { node, pods } = read(given);
    expect(node).toMatchObject({ at: at(0), ...expected });
    expect(pods.size).toBe(1);
  });

  test('with a number that JSON can write and no double can hold lacks it', () => {
    const text = JSON.stringify(document).replace('"workingSetBytes":7000000000', '"workingSetBytes":1e999');
    expect(parseSummary(text)).toMatchObject({ node: { memory: undefined } });
  });

  test.each([
    ['no list', { ...document, pods: 'many' }],
    [
      'things that are no pods',
      { ...document, pods: [null, 7, {}, { podRef: {} }, { podRef: { name: 'x', namespace: 'y' } }] },
    ],
    ['nothing', { node: document.node }],
  ])('with %s for pods has no pods', (_what, given) => {
    expect(read(given).pods.size).toBe(0);
  });

  test('with pods that are named as objects have fields keeps them apart', () => {
    const [pod] = document.pods;
    const named = { ...document, pods: [{ ...pod, podRef: { name: '__proto__', namespace: 'constructor' } }] };
    expect([...read(named).pods.keys()]).toEqual(['constructor/__proto__']);
  });

  test('counts the interfaces that lead out of the node when none is called eth0', () => {
    const interfaces = ['ens3', 'ens4', 'cni0', 'cali12ab', 'flannel.1', 'lo', 'docker0', 'br-1f'];
    const network = {
      time: seconds(0),
      name: '',
      interfaces: interfaces.map((name, n) => ({ name, rxBytes: 10 ** n, txBytes: 0 })),
    };
    expect(read(nodeWith({ network })).node.network).toEqual({ at: at(0), total: 11 });
    expect(read(nodeWith({ network: { ...network, interfaces: [] } })).node.network).toBeUndefined();
  });
});

describe('A rate', () => {
  test.each([
    ['is what a counter gained per second', { at: 0, total: 100 }, { at: 2000, total: 500 }, 200],
    ['is nothing where nothing was gained', { at: 0, total: 100 }, { at: 2000, total: 100 }, 0],
    ['is unknown at first', undefined, { at: 2000, total: 500 }, undefined],
    ['is unknown when the counter is gone', { at: 0, total: 100 }, undefined, undefined],
    ['is unknown when the counter went back', { at: 0, total: 100 }, { at: 2000, total: 99 }, undefined],
    ['is unknown when no time has passed', { at: 1000, total: 100 }, { at: 1000, total: 500 }, undefined],
    ['is unknown when time went back', { at: 2000, total: 100 }, { at: 1000, total: 500 }, undefined],
  ])('%s', (_what, before, after, expected) => {
    expect(rateOf(before, after)).toBe(expected);
  });

  test('of a counter beyond 2^53 is right to what a double can tell', () => {
    // 128 cores for a year: 4e18 ns, where doubles are 512 apart
    expect(rateOf({ at: 0, total: 4e18 }, { at: 15_000, total: 4e18 + 15e9 })).toBeCloseTo(1e9, -3);
  });
});

describe('The use between two readings', () => {
  const { node } = read(document);
  const later: Figures = {
    ...node,
    at: at(10),
    cpu: { at: at(10), total: 5e15 + 20e9 },
    network: { at: at(10), total: 1500 + 5000 },
    stalls: { cpu: { at: at(10), total: 2e9 + 1e9, share: 0.9 } },
  };

  test('is the difference of counters, and the levels of the later one', () => {
    expect(
      useBetween({ ...node, disk: { at: at(0), total: 7 } }, { ...later, disk: { at: at(10), total: 107 } }),
    ).toEqual({
      cpu: 2000,
      memory: 7e9,
      'ephemeral-storage': 40,
      network: 500,
      disk: 10,
    });
    expect(pressureBetween(node, later)).toEqual({ cpu: 0.1 });
  });

  test('is, of a first reading, what the kubelet itself says', () => {
    expect(useBetween(undefined, node)).toEqual({ cpu: 1500, memory: 7e9, 'ephemeral-storage': 40 });
    expect(pressureBetween(undefined, node)).toEqual({ cpu: 0.125, memory: 0, io: 1 });
  });

  test('is, after the node began anew, what the kubelet itself says', () => {
    const anew: Figures = { ...later, cpu: { at: at(10), total: 1e9 }, network: { at: at(10), total: 0 } };
    expect(useBetween(node, anew)).toEqual({ cpu: 1500, memory: 7e9, 'ephemeral-storage': 40 });
  });
});

describe('The counter of disks', () => {
  const series = (labels: string, value: string, name = 'container_fs_reads_bytes_total') =>
    `${name}{container="",${labels},image="",name="",namespace="",pod=""} ${value} 1767225600000`;
  const writes = 'container_fs_writes_bytes_total';

  test.each([
    [
      'adds up what the disks of the node read and write',
      [
        '# HELP container_fs_reads_bytes_total Cumulative count of bytes read',
        series('device="/dev/sda",id="/"', '1000'),
        series('device="/dev/nvme0n1",id="/"', '5e+02'),
        series('device="/dev/sda",id="/"', '70', writes),
        series('device="/dev/dm-0",id="/"', '1000'),
        series('device="/dev/loop3",id="/"', '1000'),
        series('device="/dev/sda",id="/kubepods"', '900'),
        series('device="/dev/sda",id="/"', '9', 'container_fs_reads_total'),
        'container_memory_usage_bytes{id="/"} 5 1767225600000',
      ],
      { at: 1_767_225_600_000, total: 1570 },
    ],
    ['is unknown when there is no disk', [series('device="/dev/sda",id="/kubepods"', '900')], undefined],
    [
      'passes over values that cannot be',
      [series('device="/dev/sda",id="/"', 'NaN'), series('device="/dev/sda",id="/"', '-5'), series('id="/"', '+Inf')],
      undefined,
    ],
    [
      'is not moved by a value that looks like labels',
      [series('device="x",id="/y",name="id=\\"/\\""', '5')],
      undefined,
    ],
  ])('%s', (_what, lines, expected) => {
    expect(diskCounter(lines.join('\n'))).toEqual(expected);
  });
});
