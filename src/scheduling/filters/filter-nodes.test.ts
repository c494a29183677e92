import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod, PodSpec } from '../../api/kubernetes.js';
import { kubeDefault } from '../policies/kube-default.js';
import { podShape } from '../pod-shape.js';
import { podInfo } from '../snapshot/node-info.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { explainNode, filterNodes } from './filter-nodes.js';

const metadata = (name: string, labels: Record<string, string> = {}, namespace = 'default') => ({
  name,
  namespace,
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '',
  labels,
});

const node = (name: string, zone: string, more: Partial<Node> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metadata(name, { 'kubernetes.io/hostname': name, zone }),
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
  ...more,
});

const pod = (name: string, labels: Record<string, string>, spec: Partial<PodSpec> = {}, namespace?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name, labels, namespace),
  spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }], ...spec },
});

/** Nodes a and b in zone x, c in zone y; what is placed or nominated, by node. */
function cluster(placed: Record<string, Pod[]>, nominated: Record<string, Pod> = {}): Snapshot {
  const nodes = new Snapshot();
  nodes.setNamespaces(
    new Map([
      ['default', { team: 'red' }],
      ['other', { team: 'blue' }],
    ]),
  );
  for (const [name, zone] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'y'],
  ] as const)
    nodes.setNode(node(name, zone));
  for (const [name, pods] of Object.entries(placed))
    for (const one of pods) nodes.place(podInfo(one, 0), nodes.rowOf(name)!);
  for (const [name, one] of Object.entries(nominated)) nodes.nominate(podInfo(one, 0), name);
  return nodes;
}

/** First reasons by node; feasible nodes are left out. */
function refusals(nodes: Snapshot, waiting: Pod): Record<string, string> {
  const shape = podShape(waiting);
  const { feasible } = filterNodes(shape, nodes, { self: 'default/waiting' });
  return Object.fromEntries(
    [...nodes.infos()].flatMap(({ name, row }) => {
      const refusal = explainNode(shape, nodes, row, 'default/waiting');
      expect(feasible[row]).toBe(refusal ? 0 : 1);
      return refusal ? [[name, refusal.reasons[0] ?? '']] : [];
    }),
  );
}

const selecting = (app: string) => ({ labelSelector: { matchLabels: { app } } });
type Terms = NonNullable<
  NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>;
const near = (...terms: Terms): Partial<PodSpec> => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const apart = (...terms: Terms): Partial<PodSpec> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const spread = (more: Partial<NonNullable<PodSpec['topologySpreadConstraints']>[number]>): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...selecting('web'), ...more },
  ],
});

const web = (name: string, spec: Partial<PodSpec> = {}, namespace?: string) =>
  pod(name, { app: 'web' }, spec, namespace);
const rules = {
  affinity: "node(s) didn't match pod affinity rules",
  antiAffinity: "node(s) didn't match pod anti-affinity rules",
  existing: "node(s) didn't satisfy existing pods anti-affinity rules",
  spread: "node(s) didn't match pod topology spread constraints",
};

describe('affinity between pods', () => {
  test.each<[string, Record<string, Pod[]>, Pod, Record<string, string>]>([
    [
      'draws a pod to the zone of one that it selects',
      { a: [web('1')] },
      pod('waiting', {}, near({ topologyKey: 'zone', ...selecting('web') })),
      { c: rules.affinity },
    ],
    [
      'lets the first of a series be anywhere',
      {},
      web('waiting', near({ topologyKey: 'zone', ...selecting('web') })),
      {},
    ],
    [
      'lets nobody be the first of a series that does not select it',
      {},
      pod('waiting', {}, near({ topologyKey: 'zone', ...selecting('web') })),
      { a: rules.affinity, b: rules.affinity, c: rules.affinity },
    ],
    [
      'keeps a pod from the node of one that it selects',
      { a: [web('1')] },
      web('waiting', apart({ topologyKey: 'kubernetes.io/hostname', ...selecting('web') })),
      { a: rules.antiAffinity },
    ],
    [
      'is about the own namespace alone when it names none',
      { a: [web('1', {}, 'other')] },
      web('waiting', apart({ topologyKey: 'zone', ...selecting('web') })),
      {},
    ],
    [
      'is about the namespaces whose labels it selects',
      { a: [web('1', {}, 'other')], c: [web('2')] },
      web(
        'waiting',
        apart({ topologyKey: 'zone', ...selecting('web'), namespaceSelector: { matchLabels: { team: 'blue' } } }),
      ),
      { a: rules.antiAffinity, b: rules.antiAffinity },
    ],
    [
      'keeps away what a pod that is there does not want',
      { a: [pod('1', {}, apart({ topologyKey: 'zone', ...selecting('web') }))] },
      web('waiting'),
      { a: rules.existing, b: rules.existing },
    ],
  ])('%s', (_what, placed, waiting, expected) => {
    expect(refusals(cluster(placed), waiting)).toEqual(expected);
  });

  test.each([
    ['when the API server has put them into the selector', [{ key: 'version', operator: 'In', values: ['2'] }]],
    ['when nobody has', []],
  ])('is about pods with the same values of matchLabelKeys, %s', (_what, matchExpressions) => {
    const labels = { app: 'web', version: '2' };
    const placed = { a: [pod('1', { ...labels, version: '1' })], c: [pod('2', labels)] };
    const term = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' }, matchExpressions },
      matchLabelKeys: ['version'],
    };
    expect(refusals(cluster(placed), pod('waiting', labels, apart(term)))).toEqual({ c: rules.antiAffinity });
  });
});

describe('spread over domains', () => {
  test.each<[string, Record<string, Pod[]>, Pod, Record<string, string>]>([
    ['fills the emptiest first', { a: [web('1')] }, web('waiting', spread({})), { a: rules.spread, b: rules.spread }],
    [
      'counts domains that are missing as empty',
      { a: [web('1')], c: [web('2')] },
      web('waiting', spread({ minDomains: 3 })),
      { a: rules.spread, b: rules.spread, c: rules.spread },
    ],
    [
      'passes over pods that end',
      { a: [{ ...web('1'), metadata: { ...web('1').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }] },
      web('waiting', spread({})),
      {},
    ],
    [
      'does not count zones that the pod cannot be in',
      { a: [web('1')] },
      web('waiting', { ...spread({}), nodeSelector: { zone: 'x' } }),
      { c: "node(s) didn't match Pod's node affinity/selector" },
    ],
    [
      'counts them when it is told to',
      { a: [web('1')] },
      web('waiting', { ...spread({ nodeAffinityPolicy: 'Ignore' }), nodeSelector: { zone: 'x' } }),
      { a: rules.spread, b: rules.spread, c: "node(s) didn't match Pod's node affinity/selector" },
    ],
    [
      'needs the label',
      {},
      web('waiting', spread({ topologyKey: 'rack' })),
      Object.fromEntries(['a', 'b', 'c'].map((name) => [name, `${rules.spread} (missing required label)`])),
    ],
  ])('%s', (_what, placed, waiting, expected) => {
    expect(refusals(cluster(placed), waiting)).toEqual(expected);
  });
});

describe('pods that are nominated', () => {
  const four = { containers: [{ name: 'main', resources: { requests: { cpu: '4' } } }] };
  test.each<[string, Pod, Record<string, string>]>([
    [
      'are left their place when they are more important',
      web('1', { ...four, priority: 10 }),
      { a: 'Insufficient cpu' },
    ],
    ['are left their place when they are as important', web('1', { ...four, priority: 5 }), { a: 'Insufficient cpu' }],
    ['are not waited for when they are less important', web('1', four), {}],
    ['do not stand in their own way', web('waiting', { ...four, priority: 5 }), {}],
  ])('%s', (_what, nominated, expected) => {
    expect(refusals(cluster({}, { a: nominated }), web('waiting', { priority: 5 }))).toEqual(expected);
  });

  test('draw nobody near while they are not there', () => {
    const waiting = pod('waiting', {}, near({ topologyKey: 'zone', ...selecting('web') }));
    expect(refusals(cluster({}, { a: web('1') }), waiting)).toMatchObject({ a: rules.affinity });
  });
});

test('a pod whose terms name nodes is told which filter left the others out', () => {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  const why = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
  expect(refusals(cluster({}), web('waiting', { affinity }))).toEqual({ a: why, c: why });
});

/** A step of a random history: node n comes or changes, goes, or gets pod p, or loses it. */
const step = fc.record({
  what: fc.constantFrom('node', 'node', 'gone', 'place', 'place', 'remove'),
  n: fc.nat(12),
  p: fc.nat(20),
  variant: fc.nat(7),
});

const variantOf = (name: string, variant: number): Node => ({
  ...node(name, 'xyz'.charAt(variant % 3)),
  spec: {
    ...(variant % 4 === 1 ? { taints: [{ key: 'k', effect: variant > 4 ? 'NoSchedule' : 'PreferNoSchedule' }] } : {}),
    ...(variant % 5 === 2 ? { unschedulable: true } : {}),
  },
  status: {
    allocatable: { cpu: `${2 + variant}`, memory: '8Gi', pods: '5' },
    images: variant % 2 ? [{ names: ['app:v1'], sizeBytes: 100_000_000 * variant }] : [],
  },
});

const asked = [
  pod('waiting', { app: 'web' }, { containers: [{ name: 'main', image: 'app:v1' }], nodeSelector: { zone: 'x' } }),
  web('waiting', apart({ topologyKey: 'zone', ...selecting('web') })),
  web('waiting', { ...spread({}), tolerations: [{ operator: 'Exists' }] }),
  web('waiting', { ...spread({ whenUnsatisfiable: 'ScheduleAnyway' }), priority: 3 }),
];

test('after any history, filters and scores say what they say of a cluster that was made at once', () => {
  const policy = kubeDefault();
  const judge = (nodes: Snapshot) =>
    asked.map((waiting) => {
      const shape = podShape(waiting);
      const { feasible } = filterNodes(shape, nodes);
      const scores = new Float64Array(nodes.present.length);
      policy.score(shape, nodes, feasible, scores);
      return Object.fromEntries(
        [...nodes.infos()]
          .map(({ name, row }) => [name, feasible[row] ? scores[row] : 'infeasible'] as const)
          .sort(byName),
      );
    });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const nodes = new Snapshot();
      const model = new Map<string, { node: Node; pods: Map<string, Pod> }>();
      for (const { what, n, p, variant } of steps) {
        const name = `n${n}`;
        const row = nodes.rowOf(name);
        const known = model.get(name);
        if (what === 'node') {
          const changed = variantOf(name, variant);
          nodes.setNode(changed);
          model.set(name, { node: changed, pods: known?.pods ?? new Map() });
        } else if (row === undefined || !known) continue;
        else if (what === 'gone') {
          nodes.removeNode(name);
          model.delete(name);
        } else if (what === 'place' && !known.pods.has(`p${p}`)) {
          const placed = p % 3 ? web(`p${p}`) : pod(`p${p}`, {}, apart({ topologyKey: 'zone', ...selecting('db') }));
          nodes.place(podInfo(placed, 0), row);
          known.pods.set(`p${p}`, placed);
        } else if (what === 'remove') {
          nodes.remove({ key: `default/p${p}` }, row);
          known.pods.delete(`p${p}`);
        }
        // each step is judged, so that what is kept between two is brought up to date
        judge(nodes);
      }
      const anew = new Snapshot();
      for (const { node: one, pods } of model.values()) {
        const row = anew.setNode(one);
        for (const placed of pods.values()) anew.place(podInfo(placed, 0), row);
      }
      expect(judge(nodes)).toEqual(judge(anew));
    }),
    { numRuns: 60 },
  );
});

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
