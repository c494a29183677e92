import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kubernetes.js';
import { podInfo, type NodeUse } from './node-info.js';
import { Snapshot } from './snapshot.js';

const node = (name: string, allocatable: Record<string, string>, annotations: Record<string, string> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: name,
    resourceVersion: '1',
    creationTimestamp: '',
    labels: { zone: name.slice(0, 1) },
    annotations,
  },
  status: { allocatable },
});

const pod = (name: string, requests: Record<string, string>, labels: Record<string, string> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '', labels },
  spec: { containers: [{ name: 'main', resources: { requests } }] },
});

const valuesOf = (nodes: Snapshot, name: string) => {
  const row = nodes.rowOf(name)!;
  return Object.fromEntries(
    nodes.columns.map(({ name: resource, capacity, requested, measured, variance, use }) => [
      resource,
      {
        capacity: capacity[row],
        requested: requested[row],
        measured: measured[row],
        variance: variance[row],
        use: use[row],
      },
    ]),
  );
};

describe('a snapshot', () => {
  test('counts what a pod asks for and expects its use to be that, until it is measured', () => {
    const nodes = new Snapshot();
    const row = nodes.setNode(node('a', { cpu: '4', memory: '8Gi', pods: '110' }));
    nodes.place(podInfo(pod('p', { cpu: '500m', 'example.com/gpu': '1' }), 0), row);
    expect(valuesOf(nodes, 'a')).toMatchObject({
      cpu: { capacity: 4000, requested: 500, use: 500 },
      memory: { requested: 0, use: 200 * 2 ** 20 },
      'example.com/gpu': { capacity: 0, requested: 1 },
    });
    nodes.remove({ key: 'default/p' }, row);
    expect(valuesOf(nodes, 'a').cpu).toMatchObject({ requested: 0, use: 0 });
  });

  test('takes the capacity for which no kubelet speaks from annotations', () => {
    const nodes = new Snapshot();
    nodes.setNode(
      node('a', { cpu: '4' }, { 'capacity.penstock.dev/network': '1250M', 'capacity.penstock.dev/disk': 'much' }),
    );
    expect(valuesOf(nodes, 'a')).toMatchObject({ network: { capacity: 1.25e9 } });
    expect(nodes.column('disk')).toBeUndefined();
  });

  const measured: NodeUse = { from: 100, to: 200, mean: { cpu: 1000 }, variance: { cpu: 25 } };

  test.each([
    ['before the window', 50, 1000],
    ['halfway through it', 150, 1200],
    ['after it', 200, 1400],
  ])('counts a pod that came %s with what the measurement lacks of it', (_when, since, use) => {
    const nodes = new Snapshot();
    const row = nodes.setNode(node('a', { cpu: '4' }));
    nodes.place(podInfo(pod('p', { cpu: '400m' }), since), row);
    nodes.setUse(row, measured);
    expect(valuesOf(nodes, 'a').cpu).toMatchObject({ measured: 1000, variance: 25, use });
    nodes.setUse(row, undefined);
    expect(valuesOf(nodes, 'a').cpu).toMatchObject({ measured: Number.NaN, use: 400 });
  });

  test('gives the row of a node that is gone to a new one, clean', () => {
    const nodes = new Snapshot();
    const row = nodes.setNode(node('a', { cpu: '4' }));
    nodes.setUse(row, measured);
    nodes.place(podInfo(pod('p', { cpu: '1' }), 0), row);
    expect(nodes.removeNode('a').map(({ key }) => key)).toEqual(['default/p']);
    expect(nodes.setNode(node('b', { cpu: '2' }))).toBe(row);
    expect(valuesOf(nodes, 'b').cpu).toEqual({
      capacity: 2000,
      requested: 0,
      measured: Number.NaN,
      variance: 0,
      use: 0,
    });
    expect([...nodes.groups]).toEqual([]);
    expect(nodes.domains('zone').values).toEqual(['b']);
  });
});

/** A step of a random history: node n comes, goes or is measured; pod p comes to node n or goes. */
const step = fc.record({
  what: fc.constantFrom('node', 'gone', 'use', 'place', 'remove'),
  n: fc.nat(40),
  p: fc.nat(30),
  amount: fc.integer({ min: 1, max: 64 }),
});

test('after any history it is what it would be if it had been made at once, and a copy stays as it was', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.nat(120), (steps, copyAt) => {
      const nodes = new Snapshot();
      const model = new Map<string, { node: Node; use?: NodeUse; pods: Map<string, { pod: Pod; since: number }> }>();
      let copied: { copy: Snapshot; as: unknown } | undefined;
      for (const [index, { what, n, p, amount }] of steps.entries()) {
        if (index === copyAt) copied = { copy: nodes.copy(), as: contents(nodes) };
        const name = `${'xyz'[n % 3]}${n}`;
        const known = model.get(name);
        const row = nodes.rowOf(name);
        if (what === 'node') {
          const changed = node(name, { cpu: `${amount}`, memory: `${amount}Gi` });
          nodes.setNode(changed);
          if (known) known.node = changed;
          else model.set(name, { node: changed, pods: new Map() });
        } else if (!known || row === undefined) continue;
        else if (what === 'gone') {
          nodes.removeNode(name);
          model.delete(name);
        } else if (what === 'use') {
          known.use = { from: amount, to: amount + 10, mean: { cpu: amount * 10 } };
          nodes.setUse(row, known.use);
        } else if (what === 'place' && !known.pods.has(`p${p}`)) {
          const one = pod(`p${p}`, { cpu: `${amount}m`, [`example.com/r${p % 3}`]: '1' }, { app: `a${p % 4}` });
          nodes.place(podInfo(one, amount), row);
          known.pods.set(`p${p}`, { pod: one, since: amount });
        } else if (what === 'remove') {
          nodes.remove({ key: `default/p${p}` }, row);
          known.pods.delete(`p${p}`);
        }
      }
      const anew = new Snapshot();
      for (const { node: one, use, pods } of model.values()) {
        const row = anew.setNode(one);
        for (const { pod: placed, since } of pods.values()) anew.place(podInfo(placed, since), row);
        if (use) anew.setUse(row, use);
      }
      expect(contents(nodes)).toEqual(contents(anew));
      expect(copied && contents(copied.copy)).toEqual(copied?.as);
    }),
  );
});

/** All that a snapshot says, without rows and without the resources that nobody has or asks for. */
function contents(nodes: Snapshot) {
  const rounded = (value = 0) => Math.round(value * 1e6) / 1e6;
  const ofRow = (row: number) =>
    Object.fromEntries(
      nodes.columns
        .filter(({ capacity, requested, use }) => capacity[row] || requested[row] || use[row])
        .map((column) => [
          column.name,
          [column.capacity, column.requested, column.estimated, column.measured, column.use].map((values) =>
            rounded(values[row]),
          ),
        ]),
    );
  const nameOf = (row: number) => nodes.info(row)?.name;
  return {
    nodes: Object.fromEntries([...nodes.infos()].map(({ name, row }) => [name, ofRow(row)])),
    groups: Object.fromEntries(
      [...nodes.groups].map(({ labels, counts }) => [
        labels.app,
        Object.fromEntries([...counts].map(([row, count]) => [nameOf(row), count])),
      ]),
    ),
    zones: [...nodes.infos()]
      .map(({ name, row }) => `${name} ${nodes.domains('zone').values[nodes.domains('zone').ids[row]!]}`)
      .sort(),
  };
}
