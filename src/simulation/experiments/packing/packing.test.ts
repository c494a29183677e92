import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packGpus } from './gpu-packing.js';
import { gpuPolicies } from './gpu-policies.js';
import { packing } from './packing.js';
import { arrivingPods, openbFiles, readOpenb } from '../../workloads/openb.js';
import { cardResource, gpuMilli } from '../../../scheduling/gpu/cards.js';
import { filterNodes } from '../../../scheduling/filters/filter-nodes.js';
import { seededRandom } from '../../../support/random.js';

const folder = mkdtempSync(join(tmpdir(), 'openb-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = { nodes: join(folder, 'nodes.csv'), pods: join(folder, 'pods.csv') };
writeFileSync(
  files.nodes,
  'sn,cpu_milli,memory_mib,gpu,model\nn0,32000,65536,2,P100\nn1,32000,65536,4,T4\nn2,32000,65536,0,\n',
);
writeFileSync(
  files.pods,
  [
    'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos',
    'p0,1000,1024,1,460,,LS',
    'p1,1000,1024,2,1000,T4|A10,LS',
    'p2,500,1024,0,0,,BE',
    'p3,1000,1024,1,460,,LS',
    '',
  ].join('\n'),
);
const openb = readOpenb(files);

test('the lists of openb become nodes with cards and pods with shares, whole cards, or none', () => {
  const nodes = openb.nodes();
  expect(openb.milli).toBe(6000);
  expect([0, 1, 2].map((row) => nodes.column(gpuMilli)?.capacity[row])).toEqual([2000, 4000, 0]);
  expect(nodes.column(cardResource(3))?.capacity[1]).toBe(1000);
  expect(openb.pods.map(({ requests }) => requests[gpuMilli])).toEqual([460, 2000, undefined, 460]);
  expect(openb.pods[3]).toBe(openb.pods[0]);
});

test('a pod may be where its GPUs are, and where they are of a model that it accepts', () => {
  const nodes = openb.nodes();
  const feasible = openb.pods.map((pod) => Array.from(filterNodes(pod, nodes).feasible.slice(0, 3)));
  expect(feasible).toEqual([
    [1, 1, 0],
    [0, 1, 0],
    [1, 1, 1],
    [1, 1, 0],
  ]);
});

test('pods come until they request 130 % of the GPUs, first each of the trace once', () => {
  const arriving = arrivingPods(openb, seededRandom(1));
  const milli = arriving.map(({ requests }) => requests[gpuMilli] ?? 0);
  const total = milli.reduce((sum, one) => sum + one, 0);
  expect(total).toBeGreaterThanOrEqual(7800);
  expect(total - (milli.at(-1) ?? 0)).toBeLessThan(7800);
  const names = (pods: typeof arriving) => pods.map(({ key }) => key).sort();
  expect(names(arriving.slice(0, 4))).toEqual(names(openb.pods));
});

const outcomesOf = async () => {
  const opened = await packing.open({ nodes: 5 });
  const outcomes = [];
  for (const policy of packing.policies) outcomes.push(await opened.run({ policy, at: {}, seed: 1 }));
  return outcomes;
};

test('every policy of the experiment allocates no more GPUs than there are, and the same for the same seed', async () => {
  const results = await outcomesOf();
  for (const { measures } of results) {
    expect(measures['allocated']).toBeGreaterThan(0);
    expect(measures['allocated']).toBeLessThanOrEqual(100);
  }
  expect(await outcomesOf()).toEqual(results);
});

test('a pod that fits nowhere is dropped, and all others are allocated', async () => {
  const [first] = gpuPolicies;
  if (!first) throw new Error('no policies');
  // 6 GPUs; asked for are 130 % of them
  const { allocated, arrived, dropped } = packGpus(openb, first, seededRandom(3));
  expect(dropped).toBeGreaterThan(0);
  expect(dropped).toBeLessThan(arrived);
  expect(allocated).toBeLessThanOrEqual(100);
});

test('what is lacking of the trace is said', () => {
  expect(openbFiles(undefined)).toContain('it needs a folder with');
  expect(openbFiles(folder)).toContain('there is no');
});

test('a list that cannot be read says in which line and column, and why', () => {
  const bad = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return () => readOpenb({ ...files, pods: path });
  };
  const header = 'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec';
  expect(bad('a.csv', `${header}\np0,1000,1024,1,460,\np1,many,1024,1,460,\n`)).toThrow(
    'a.csv:3, column cpu_milli: "many" is not a number',
  );
  expect(bad('b.csv', `${header}\np0,1000,-1,1,460,\n`)).toThrow('b.csv:2, column memory_mib: -1 is negative');
  expect(bad('c.csv', 'name,cpu_milli\np0,1000\n')).toThrow(
    'c.csv:1: columns are missing: memory_mib, num_gpu, gpu_milli, gpu_spec',
  );
  expect(bad('d.csv', '')).toThrow('d.csv: the file is empty');
});
