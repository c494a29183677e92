import type { Node, Pod, PodSpec } from '../../../src/api/kubernetes.js';
import type { Draft } from '../../../src/api/meta/resource.js';
import { minMemberLabel, podGroupLabel } from '../../../src/scheduler/gang.js';
import type { Random } from '../../../src/support/random.js';
import { type Duration, second } from '../../../src/support/time.js';
import { namespace, type TimedOperation } from './operations.js';

export interface Scenario {
  readonly operations: readonly TimedOperation[];
  /** Faults end then. */
  readonly length: Duration;
}

export const hostname = 'kubernetes.io/hostname';
export const zone = 'topology.kubernetes.io/zone';
const zones = ['a', 'b', 'c'] as const;
const apps = ['web', 'db', 'cache'] as const;

export function drawScenario(random: Random): Scenario {
  const length = random.integer(30, 80) * second;
  const nodes = Array.from({ length: random.integer(1, 6) }, (_, index) => `node-${index}`);
  const operations: TimedOperation[] = nodes.flatMap((name) => drawNode(name, random.split(name), length));
  const workloads = random.integer(3, 9);
  for (let index = 0; index < workloads; index++)
    operations.push(...drawWorkload(`w${index}`, random.split(`workload/${index}`), length, nodes));
  const kept = operations.filter(({ at }) => at <= length).sort((a, b) => a.at - b.at);
  return { operations: [...kept, ...drawRelief(random.split('relief'), length)], length };
}

function drawNode(name: string, random: Random, length: Duration): readonly TimedOperation[] {
  const when = () => Math.round(random.uniform() * length);
  const node = (): Draft<Node> => {
    const allocatable = drawAllocatable(random);
    return {
      metadata: { name, labels: { [hostname]: name, [zone]: random.pick(zones), disk: random.pick(['ssd', 'hdd']) } },
      ...(random.uniform() < 0.15 && { spec: { unschedulable: true } }),
      status: { allocatable, capacity: allocatable },
    };
  };
  const operations: TimedOperation[] = [{ at: random.uniform() < 0.75 ? 0 : when(), do: 'create-node', node: node() }];
  for (let count = random.integer(0, 4); count > 0; count--) operations.push(...drawNodeChange(name, random, when()));
  if (random.uniform() < 0.25) {
    const at = when();
    operations.push({ at, do: 'delete-node', name });
    if (random.uniform() < 0.7)
      operations.push({ at: at + random.pick([1, 500, 5000, 20_000]), do: 'create-node', node: node() });
  }
  return operations;
}

/** In some runs a large node comes last: whoever waits for room must hear of it by this alone. */
function drawRelief(random: Random, length: Duration): readonly TimedOperation[] {
  if (random.uniform() < 0.6) return [];
  const name = 'large';
  const allocatable = { cpu: '64', memory: '64Gi', pods: '100' };
  const labels = { [hostname]: name, [zone]: random.pick(zones), disk: 'ssd' };
  return [
    {
      at: length,
      do: 'create-node',
      node: { metadata: { name, labels }, status: { allocatable, capacity: allocatable } },
    },
  ];
}

const drawAllocatable = (random: Random) => ({
  cpu: String(random.integer(1, 8)),
  memory: `${random.integer(1, 8)}Gi`,
  pods: String(random.pick([3, 10, 20])),
});

function drawNodeChange(name: string, random: Random, at: Duration): readonly TimedOperation[] {
  const later = at + Math.round(random.exponential(8 * second));
  const change = (instant: Duration, value: object) =>
    ({ at: instant, do: 'change-node', name, change: value }) as const;
  switch (random.pick(['cordon', 'taint', 'resize', 'zone'] as const)) {
    case 'cordon':
      return [change(at, { spec: { unschedulable: true } }), change(later, { spec: { unschedulable: null } })];
    case 'taint':
      return [
        change(at, { spec: { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] } }),
        change(later, { spec: { taints: null } }),
      ];
    case 'resize':
      return [{ at, do: 'resize-node', name, allocatable: drawAllocatable(random) }];
    case 'zone':
      return [change(at, { metadata: { labels: { [zone]: random.pick([...zones, null]) } } })];
  }
}

/** Some equal pods, as of one Deployment, Job or gang, and what becomes of them. */
function drawWorkload(
  name: string,
  random: Random,
  length: Duration,
  nodes: readonly string[],
): readonly TimedOperation[] {
  const start = Math.round(random.uniform() * length * 0.8);
  const gang = random.uniform() < 0.25;
  const count = gang ? random.integer(2, 5) : random.pick([1, 1, 2, 4, 12, 24]);
  const template = drawTemplate(name, random, gang ? count : 0);
  const spacing = random.pick([0, 0, 0, 300, 3000]);
  const operations: TimedOperation[] = [...drawPodGroup(name, template, random.split('pod-group'), start, length)];
  for (let index = 0; index < count; index++) {
    const at = start + index * spacing;
    const own = `${name}-${index}`;
    operations.push({ at, do: 'create-pod', pod: podOf(own, template) });
    operations.push(...drawFate(own, template, random, at, nodes));
  }
  return operations;
}

interface Template {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** Of the PodGroup that it names. */
  readonly minCount?: number;
}

/** It comes before its pods, with them, or after them. */
function drawPodGroup(
  name: string,
  { minCount }: Template,
  random: Random,
  start: Duration,
  length: Duration,
): readonly TimedOperation[] {
  if (minCount === undefined) return [];
  const at = Math.min(length, Math.max(0, start + random.pick([-1000, 0, 200, 5000])));
  const schedulingPolicy = { gang: { minCount } };
  return [{ at, do: 'create-pod-group', group: { metadata: { namespace, name }, spec: { schedulingPolicy } } }];
}

const podOf = (name: string, { labels, spec }: Template): Draft<Pod> => ({
  metadata: { namespace, name, labels },
  spec,
});

function drawTemplate(name: string, random: Random, members: number): Template {
  const app = random.pick(apps);
  const least = random.pick([undefined, members, random.integer(1, Math.max(1, members))]);
  // the same fact by its other source, where both can say it
  const minCount = least !== undefined && least > 1 && random.split('pod-group').uniform() < 0.5 ? least : undefined;
  const gang =
    members > 0 && minCount === undefined
      ? { [podGroupLabel]: name, ...(least !== undefined && { [minMemberLabel]: String(least) }) }
      : {};
  const sometimes = <T extends object>(share: number, value: T): T | Record<string, never> =>
    random.uniform() < share ? value : {};
  const labelSelector = { matchLabels: { app: random.pick(apps) } };
  const term = { topologyKey: random.pick([hostname, zone]), labelSelector };
  // the others of a gang must not keep each other out: whether it fits as a whole would be hard to tell
  const relations =
    members > 0
      ? {}
      : random.pick([
          {},
          {},
          {},
          { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
          { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
          {
            topologySpreadConstraints: [
              {
                topologyKey: term.topologyKey,
                maxSkew: random.pick([1, 2]),
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: { matchLabels: { app } },
              },
            ],
          },
        ]);
  const ports = members === 0 && random.uniform() < 0.1 ? { ports: [{ containerPort: 80, hostPort: 8080 }] } : {};
  return {
    labels: { app, ...gang },
    ...(minCount !== undefined && { minCount }),
    spec: {
      ...(minCount !== undefined && { schedulingGroup: { podGroupName: name } }),
      containers: [
        { name: 'main', image: 'registry.test/app:1', resources: { requests: drawRequests(random) }, ...ports },
      ],
      priority: random.pick([0, 0, 0, 10, 100]),
      restartPolicy: random.pick(['Always', 'Always', 'Never']),
      ...sometimes(0.15, { nodeSelector: { disk: 'ssd' } }),
      ...sometimes(0.2, { tolerations: [{ key: 'dedicated', operator: 'Exists' }] }),
      ...sometimes(members === 0 ? 0.08 : 0, { schedulingGates: [{ name: 'test/gate' }] }),
      ...relations,
    },
  };
}

const drawRequests = (random: Random): Readonly<Record<string, string>> => ({
  cpu: random.pick(['100m', '500m', '1', '2', '3500m']),
  memory: random.pick(['64Mi', '512Mi', '1Gi', '3Gi']),
});

function drawFate(
  name: string,
  template: Template,
  random: Random,
  created: Duration,
  nodes: readonly string[],
): readonly TimedOperation[] {
  const after = (mean: Duration) => created + Math.round(random.exponential(mean));
  const operations: TimedOperation[] = [];
  if (template.spec.schedulingGates)
    operations.push({ at: after(4 * second), do: 'change-pod', name, change: { spec: { schedulingGates: null } } });
  if (random.uniform() < 0.1)
    operations.push({
      at: after(random.pick([5, 300, 5000])),
      do: 'change-pod',
      name,
      change: { metadata: { labels: { app: random.pick(apps) } } },
    });
  if (random.uniform() < 0.1)
    operations.push({
      at: after(random.pick([5, 300, 5000])),
      do: 'change-pod',
      name,
      change: { metadata: { annotations: { note: random.suffix(3) } } },
    });
  if (random.uniform() < 0.08) {
    const at = after(3 * second);
    operations.push({ at, do: 'nominate-pod', name, node: random.pick(nodes) });
    if (random.uniform() < 0.6)
      operations.push({ at: at + Math.round(random.exponential(10 * second)), do: 'nominate-pod', name, node: null });
  }
  const chance = random.uniform();
  if (chance < 0.3) operations.push({ at: after(20 * second), do: 'delete-pod', name });
  else if (chance < 0.55) operations.push({ at: after(20 * second), do: 'finish-pod', name });
  else if (chance < 0.62) {
    const at = after(random.pick([20, 3000]));
    const other = { ...template, spec: { ...template.spec, containers: resized(template, random) } };
    operations.push({ at, do: 'delete-pod', name });
    operations.push({ at: at + random.pick([1, 50, 2000, 40_000]), do: 'create-pod', pod: podOf(name, other) });
  } else if (chance < 0.65) operations.push({ at: after(0), do: 'delete-pod', name });
  return operations;
}

const resized = ({ spec }: Template, random: Random): PodSpec['containers'] =>
  spec.containers.map((container) => ({ ...container, resources: { requests: drawRequests(random) } }));
