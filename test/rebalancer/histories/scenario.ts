import type { PodDisruptionBudget } from '../../../src/api/administration.js';
import type { ContainerClaim } from '../../../src/api/container-claim.js';
import type { ContainerPool } from '../../../src/api/container-pool.js';
import type { Deployment, Pod, PodSpec } from '../../../src/api/kubernetes.js';
import type { Draft } from '../../../src/api/meta/resource.js';
import { annotations, optIn } from '../../../src/api/names.js';
import type { Random } from '../../../src/support/random.js';
import { type Duration, second } from '../../../src/support/time.js';
import { aClaim, aPool } from '../../objects.js';
import { namespace, type TimedOperation } from './operations.js';

/** What the pods of an app use of what they request, from some time on. */
export interface LoadChange {
  readonly app: string;
  readonly at: Duration;
  readonly cpu: number;
  readonly memory: number;
}

/** A time in which no use can be measured. */
export interface Outage {
  readonly from: Duration;
  readonly to: Duration;
}

export interface Scenario {
  /** How many nodes there are: `sim-0`, `sim-1`, … */
  readonly nodes: number;
  readonly operations: readonly TimedOperation[];
  /** By time. */
  readonly loads: readonly LoadChange[];
  readonly outages: readonly Outage[];
  /** Faults end then, and loads stay as they are. */
  readonly length: Duration;
}

export const nodeName = (index: number): string => `sim-${index}`;

export function drawScenario(random: Random): Scenario {
  const length = random.integer(180, 330) * second;
  const nodes = random.integer(3, 6);
  const apps = Array.from({ length: random.integer(2, 5) }, (_, index) => `app-${index}`);
  const hasPool = random.uniform() < 0.5;
  const operations = [
    ...drawNodes(nodes, random.split('nodes')),
    ...apps.flatMap((name) => drawDeployment(name, random.split(name), length)),
    ...(hasPool ? drawPool(random.split('pool'), length) : []),
    ...drawStays(nodes, random.split('stays')),
  ];
  const isConstant = random.uniform() < 0.4;
  const loads = [...apps, 'stock'].flatMap((app) => drawLoads(app, random.split(`load/${app}`), isConstant, length));
  return {
    nodes,
    operations: operations.sort((a, b) => a.at - b.at),
    loads: loads.sort((a, b) => a.at - b.at),
    outages: drawOutages(random.split('outages'), length),
    length,
  };
}

/** Some nodes take pods only later: those before them are full by then. */
function drawNodes(count: number, random: Random): readonly TimedOperation[] {
  const later = random.integer(0, Math.floor(count / 2));
  return Array.from({ length: later }, (_, index) => nodeName(count - 1 - index)).flatMap((name) => [
    { at: 0, do: 'change-node', name, change: { spec: { unschedulable: true } } },
    { at: random.integer(20, 90) * second, do: 'change-node', name, change: { spec: { unschedulable: null } } },
  ]);
}

interface Peculiarity {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Partial<PodSpec>;
}

/** Most pods may be moved, some may not. */
const peculiarities: readonly Peculiarity[] = [
  {},
  {},
  {},
  {},
  {},
  { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } },
  { annotations: { [annotations.safeToEvict]: 'false' } },
  { spec: { priority: 2_000_000_000 } },
  { spec: { volumes: [{ name: 'scratch', emptyDir: {} }] } },
];

function drawDeployment(name: string, random: Random, length: Duration): readonly TimedOperation[] {
  const replicas = random.integer(1, 6);
  const template = drawTemplate(name, random);
  const isStocked = random.uniform() < 0.25;
  const deployment: Draft<Deployment> = {
    metadata: { namespace, name, ...(isStocked && { annotations: { [optIn.pool]: name } }) },
    spec: { replicas, selector: { matchLabels: { app: name } }, template },
  };
  const operations: TimedOperation[] = [{ at: 2 * second, do: 'create-deployment', deployment }];
  if (isStocked) {
    const { spec } = aPool({ replicas: random.integer(1, 3) });
    const pool = { metadata: { namespace, name }, spec: { ...spec, template: undefined, fromDeployment: { name } } };
    operations.push({ at: 2 * second, do: 'create-pool', pool });
  }
  if (random.uniform() < 0.4)
    operations.push({ at: 2 * second, do: 'create-budget', budget: drawBudget(name, random) });
  for (let scalings = random.pick([0, 0, 1, 2]); scalings > 0; scalings--) {
    const at = Math.round(random.uniform() * length);
    operations.push({ at, do: 'scale-deployment', name, replicas: random.integer(1, 8) });
  }
  return operations;
}

function drawTemplate(app: string, random: Random) {
  const { annotations: marks, spec } = random.pick(peculiarities);
  const requests = { cpu: `${random.integer(2, 10)}00m`, memory: `${random.integer(1, 8)}00Mi` };
  return {
    metadata: { labels: { app }, ...(marks && { annotations: marks }) },
    spec: {
      terminationGracePeriodSeconds: random.pick([0, 5, 30]),
      ...spec,
      containers: [{ name: 'main', image: 'registry.test/app:1', resources: { requests } }],
    },
  };
}

function drawBudget(app: string, random: Random): Draft<PodDisruptionBudget> {
  const bounds = random.pick([
    { minAvailable: 2 },
    { minAvailable: '50%' },
    { maxUnavailable: 1 },
    { maxUnavailable: 0 },
  ]);
  return { metadata: { namespace, name: app }, spec: { selector: { matchLabels: { app } }, ...bounds } };
}

function drawPool(random: Random, length: Duration): readonly TimedOperation[] {
  const requests = { cpu: `${random.integer(3, 8)}00m`, memory: `${random.integer(1, 8)}00Mi` };
  const { spec } = aPool({
    replicas: random.integer(2, 5),
    template: {
      metadata: { labels: { app: 'stock' } },
      spec: { containers: [{ name: 'main', image: 'registry.test/app:1', resources: { requests } }] },
    },
  });
  const pool: Draft<ContainerPool> = { metadata: { namespace, name: 'stock' }, spec };
  const operations: TimedOperation[] = [{ at: 2 * second, do: 'create-pool', pool }];
  for (let index = random.integer(1, 3); index > 0; index--) {
    const name = `claim-${index}`;
    const given = aClaim({ pool: { name: 'stock' }, count: random.integer(1, 4) }).spec;
    const claim: Draft<ContainerClaim> = { metadata: { namespace, name }, spec: given };
    const at = random.integer(5, 60) * second;
    operations.push({ at, do: 'create-claim', claim });
    if (random.uniform() < 0.25)
      operations.push({ at: at + Math.round(random.uniform() * length), do: 'delete-claim', name });
  }
  return operations.filter(({ at }) => at <= length);
}

/** Pods that go with their node, and one that nobody would make again. */
function drawStays(nodes: number, random: Random): readonly TimedOperation[] {
  const operations: TimedOperation[] = [];
  const daemons = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'agent', controller: true };
  const podOf = (name: string, node: number, metadata: Partial<Draft<Pod>['metadata']>): TimedOperation => ({
    at: second,
    do: 'create-pod',
    pod: {
      metadata: { namespace, name, ...metadata },
      spec: {
        nodeName: nodeName(node),
        containers: [
          { name: 'main', image: 'registry.test/app:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
        ],
      },
    },
  });
  if (random.uniform() < 0.5)
    for (let node = 0; node < nodes; node++)
      operations.push(podOf(`agent-${node}`, node, { labels: { app: 'agent' }, ownerReferences: [daemons] }));
  if (random.uniform() < 0.3)
    operations.push(podOf('alone', random.integer(0, nodes - 1), { labels: { app: 'alone' } }));
  return operations;
}

/** Some apps use more than they request: the nodes that hold most of them become hot. */
function drawLoads(app: string, random: Random, isConstant: boolean, length: Duration): readonly LoadChange[] {
  const draw = (at: Duration): LoadChange => ({
    app,
    at,
    cpu: random.pick([0.05, 0.2, 0.5, 1, 1.8, 2.5]) * (0.8 + 0.4 * random.uniform()),
    memory: random.pick([0.1, 0.4, 0.8]),
  });
  const changes = isConstant ? 0 : random.integer(0, 3);
  return [draw(0), ...Array.from({ length: changes }, () => draw(Math.round(random.uniform() * length)))];
}

function drawOutages(random: Random, length: Duration): readonly Outage[] {
  return Array.from({ length: random.pick([0, 0, 1, 2]) }, () => {
    const from = Math.round(random.uniform() * length);
    return { from, to: Math.min(length, from + random.integer(10, 90) * second) };
  });
}
