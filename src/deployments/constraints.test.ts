import { describe, expect, it } from 'vitest';
import { aReplicaSet, stocked } from '../../test/objects.js';
import type { Pod, PodSpec } from '../api/kubernetes.js';
import { states, labels as reserved } from '../api/names.js';
import { Constraints, isConstrained, type NodeLabels, repelledBy } from './constraints.js';
import { planReplicaSet } from './plan.js';

type Labels = Readonly<Record<string, string>>;
type Term = NonNullable<
  NonNullable<NonNullable<PodSpec['affinity']>['podAntiAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];
type Spread = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const host = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

/** Nodes a1, a2 in zone a, b1 in zone b, and one without a zone. */
const nodes: ReadonlyMap<string, NodeLabels> = new Map(
  [
    ['a1', { [zone]: 'a', disk: 'ssd' }],
    ['a2', { [zone]: 'a', disk: 'ssd' }],
    ['b1', { [zone]: 'b', disk: 'ssd' }],
    ['bare', {}],
  ].map(([name, labels]) => [name as string, nodeOf(name as string, labels as Labels)]),
);

function nodeOf(name: string, labels: Labels): NodeLabels {
  const { metadata } = stocked(name);
  return { metadata: { ...metadata, labels: { [host]: name, ...labels } } };
}

const away = (topologyKey: string, more: Partial<Term> = {}): Term => ({
  topologyKey,
  labelSelector: { matchLabels: { app: 'web' } },
  ...more,
});
const evenly = (topologyKey: string, more: Partial<Spread> = {}): Spread => ({
  topologyKey,
  maxSkew: 1,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { app: 'web' } },
  ...more,
});
const containers = [{ name: 'main' }];
const apart = (...terms: readonly Term[]): PodSpec => ({
  containers,
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [...terms] } },
});
const spread = (...constraints: readonly Spread[]): PodSpec => ({ containers, topologySpreadConstraints: constraints });

interface Traits {
  readonly labels?: Labels;
  readonly namespace?: string;
  readonly spec?: PodSpec;
  readonly deletionTimestamp?: string;
  readonly phase?: string;
}

/** A pod on a node; a replica of `web` unless told otherwise. */
function on(nodeName: string | undefined, traits: Traits = {}): Pod {
  const { labels = { app: 'web' }, namespace = 'default', spec = { containers }, deletionTimestamp, phase } = traits;
  const pod = stocked(`on-${nodeName}-${namespace}`, {
    spec: { ...spec, ...(nodeName !== undefined && { nodeName }) },
    ...(phase !== undefined && { status: { phase } }),
  });
  return { ...pod, metadata: { ...pod.metadata, namespace, labels, ...(deletionTimestamp && { deletionTimestamp }) } };
}

const inStock = (nodeName: string, name = `s-${nodeName}`) => stocked(name, { spec: { containers, nodeName } });
const stock = ['a1', 'a2', 'b1', 'bare'].map((node) => inStock(node));

/** The nodes on which a container may become a replica. */
function allowed(spec: PodSpec, pods: readonly Pod[], labels: Labels = { app: 'web' }): readonly string[] {
  const constraints = new Constraints(aReplicaSet({ spec, labels }), { nodes, pods });
  return stock.filter((pod) => constraints.objection(pod) === undefined).map((pod) => pod.spec?.nodeName ?? '');
}

describe('anti-affinity of the template', () => {
  it.each<[string, Term, readonly Pod[], readonly string[]]>([
    ['nobody there', away(host), [], ['a1', 'a2', 'b1', 'bare']],
    ['one on a node', away(host), [on('a1')], ['a2', 'b1', 'bare']],
    ['one in a zone: a node without a zone is in none', away(zone), [on('a1')], ['b1', 'bare']],
    ['others do not count', away(host), [on('a1', { labels: { app: 'db' } })], ['a1', 'a2', 'b1', 'bare']],
    ['nor those of another namespace', away(host), [on('a1', { namespace: 'else' })], ['a1', 'a2', 'b1', 'bare']],
    [
      'unless it is named',
      away(host, { namespaces: ['else'] }),
      [on('a1', { namespace: 'else' })],
      ['a2', 'b1', 'bare'],
    ],
    [
      'or all are meant',
      away(host, { namespaceSelector: {} }),
      [on('a1', { namespace: 'else' })],
      ['a2', 'b1', 'bare'],
    ],
    [
      'namespaces by their labels are not looked into',
      away(host, { namespaceSelector: { matchLabels: { team: 'x' } } }),
      [],
      [],
    ],
    [
      'one that is going is still there',
      away(host),
      [on('a1', { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      ['a2', 'b1', 'bare'],
    ],
    ['one that has ended is not', away(host), [on('a1', { phase: 'Failed' })], ['a1', 'a2', 'b1', 'bare']],
    ['nor one on no node', away(host), [on(undefined)], ['a1', 'a2', 'b1', 'bare']],
    ['no selector selects nothing', { topologyKey: host }, [on('a1')], ['a1', 'a2', 'b1', 'bare']],
    [
      'only of its own roll-out',
      away(host, { matchLabelKeys: ['pod-template-hash'] }),
      [on('a1', { labels: { app: 'web', 'pod-template-hash': '1' } }), on('b1')],
      ['a2', 'b1', 'bare'],
    ],
    [
      'only of other roll-outs',
      away(host, { mismatchLabelKeys: ['pod-template-hash'] }),
      [
        on('a1', { labels: { app: 'web', 'pod-template-hash': '1' } }),
        on('b1', { labels: { app: 'web', 'pod-template-hash': '2' } }),
      ],
      ['a1', 'a2', 'bare'],
    ],
  ])('%s', (_what, term, pods, expected) => {
    expect(allowed(apart(term), pods, { app: 'web', 'pod-template-hash': '1' })).toEqual(expected);
  });
});

describe('anti-affinity of those that are there', () => {
  const db = { labels: { app: 'db' }, spec: apart(away(zone)) };

  it.each<[string, Pod, readonly string[]]>([
    ['keeps a replica out of their domain', on('a1', db), ['b1', 'bare']],
    [
      'not if it selects others',
      on('a1', {
        ...db,
        labels: { app: 'x' },
        spec: apart(away(zone, { labelSelector: { matchLabels: { app: 'x' } } })),
      }),
      ['a1', 'a2', 'b1', 'bare'],
    ],
    ['not from another namespace', on('a1', { ...db, namespace: 'else' }), ['a1', 'a2', 'b1', 'bare']],
    [
      'unless it means this one',
      on('a1', { ...db, namespace: 'else', spec: apart(away(zone, { namespaces: ['default'] })) }),
      ['b1', 'bare'],
    ],
    [
      'not of what is in stock itself',
      on('a1', { ...db, labels: { [reserved.state]: states.stocked } }),
      ['a1', 'a2', 'b1', 'bare'],
    ],
  ])('%s', (_what, pod, expected) => {
    expect(allowed({ containers }, [pod])).toEqual(expected);
  });
});

describe('spread', () => {
  it.each<[string, Spread, readonly Pod[], readonly string[]]>([
    ['even so far', evenly(zone), [], ['a1', 'a2', 'b1']],
    ['one ahead', evenly(zone), [on('a1')], ['b1']],
    ['a greater skew', evenly(zone, { maxSkew: 2 }), [on('a1')], ['a1', 'a2', 'b1']],
    [
      'what is going does not count',
      evenly(zone),
      [on('a1', { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      ['a1', 'a2', 'b1'],
    ],
    ['too few domains: the least is none', evenly(zone, { minDomains: 3 }), [on('a1'), on('b1')], []],
    ['others do not count', evenly(zone), [on('a1', { labels: { app: 'db' } })], ['a1', 'a2', 'b1']],
    ['by roll-out', evenly(zone, { matchLabelKeys: ['pod-template-hash'] }), [on('a1')], ['a1', 'a2', 'b1']],
    [
      'a wish is no constraint',
      evenly(zone, { whenUnsatisfiable: 'ScheduleAnyway' }),
      [on('a1')],
      ['a1', 'a2', 'b1', 'bare'],
    ],
  ])('%s', (_what, constraint, pods, expected) => {
    expect(allowed(spread(constraint), pods, { app: 'web', 'pod-template-hash': '1' })).toEqual(expected);
  });

  it('counts only nodes on which its pods may be', () => {
    const picky = { ...spread(evenly(host)), nodeSelector: { disk: 'ssd' } };
    // the bare node has none, and is not for these pods: it does not hold the others back
    expect(allowed(picky, [on('a1'), on('a2'), on('b1')])).toEqual(['a1', 'a2', 'b1']);
    const all = { ...spread(evenly(host, { nodeAffinityPolicy: 'Ignore' })), nodeSelector: { disk: 'ssd' } };
    // it counts as the emptiest, and is still not for these pods
    expect(allowed(all, [on('a1'), on('a2'), on('b1')])).toEqual([]);
  });
});

describe('a plan with constraints', () => {
  const waiting = (count: number) =>
    Array.from({ length: count }, (_, i) => on(undefined, { phase: 'Pending', namespace: `n${i}` }));
  const plan = (spec: PodSpec, wanted: number, pods: readonly Pod[], containersInStock: readonly Pod[]) => {
    const replicaSet = aReplicaSet({ replicas: wanted, spec, labels: { app: 'web' } });
    const constraints = new Constraints(replicaSet, { nodes, pods });
    const { swap, cold } = planReplicaSet({ replicaSet, pods: waiting(wanted), stock: containersInStock, constraints });
    return { nodes: swap.map((pod) => pod.spec?.nodeName), cold };
  };

  it('takes one for each node, and says why no more', () => {
    const many = ['a1', 'a1', 'a1', 'b1'].map((node, i) => inStock(node, `s${i}`));
    expect(plan(apart(away(host)), 4, [], many)).toEqual({
      nodes: ['a1', 'b1'],
      cold: `no more of the containers in stock may be used where they are: no pod that the anti-affinity selects may be in the same ${host}`,
    });
  });

  it('takes turns between zones', () => {
    const many = ['a1', 'a1', 'a2', 'b1'].map((node, i) => inStock(node, `s${i}`));
    const { nodes: chosen, cold } = plan(spread(evenly(zone)), 4, [], many);
    expect(chosen).toEqual(['a1', 'b1', 'a1']);
    expect(cold).toContain(`its ${zone} would be 2 ahead of the emptiest, of 1 allowed`);
  });

  it('takes none on a node that it does not know', () => {
    expect(plan(apart(away(host)), 1, [], [inStock('new')])).toMatchObject({
      nodes: [],
      cold: expect.stringContaining('node new is not known'),
    });
  });
});

it('tells who wants nobody like it near', () => {
  const pods = [on('a1', { labels: { app: 'db' }, spec: apart(away(zone)) }), on('b1', { labels: { app: 'db' } })];
  expect(repelledBy(pods, 'default', { app: 'web' })).toEqual(pods.slice(0, 1));
  expect(repelledBy(pods, 'default', { app: 'api' })).toEqual([]);
  expect(repelledBy(pods, 'else', { app: 'web' })).toEqual([]);
});

it('only rules that must be kept are constraints', () => {
  expect(isConstrained({ containers })).toBe(false);
  expect(isConstrained(apart(away(host)))).toBe(true);
  expect(isConstrained(spread(evenly(zone)))).toBe(true);
  expect(isConstrained(spread(evenly(zone, { whenUnsatisfiable: 'ScheduleAnyway' })))).toBe(false);
});
