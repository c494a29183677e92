import type { PodDisruptionBudget } from '../../../src/api/administration.js';
import type { Container, Node, Pod, PodSpec } from '../../../src/api/kubernetes.js';
import { podShape } from '../../../src/scheduling/pod-shape.js';
import { second, timestamp } from '../../../src/support/time.js';
import type { Case } from '../case.js';
import { stored } from './api-defaults.js';
import type { Draw } from './draw.js';
import { metadataOf } from './metadata.js';
import { makePodAffinity, makeSpread } from './selectors.js';
import { namespaceNames, podLabels } from './words.js';

const priorities = [-10, 0, 0, 10, 10, 100, 2_000_000_000] as const;
/** 2026-01-01T00:00:00Z. */
const start = 1_767_225_600_000;

/** The case with nodes that are full, or nearly, and a pod that may have others make room for it. */
export function crowded(question: Case, draw: Draw): Case {
  const few = draw.chance(0.7) ? priorities.slice(0, draw.integer(1, priorities.length)) : priorities;
  // kube-scheduler sorts more than twelve pods in an order in which equal ones may change places
  const equal = question.pods.length <= 12 && draw.chance(0.3);
  const times = question.pods.map((_, index) => start + index * second);
  const pods = withoutSharedPorts(question.pods).map((pod): Pod => {
    const [time = start] = times.splice(draw.integer(0, times.length - 1), 1);
    const startTime = equal ? start + draw.integer(0, 2) * second : time;
    return {
      ...pod,
      spec: { containers: [], ...pod.spec, ...draw.field(0.9, 'priority', () => draw.pick(few)) },
      status: {
        ...pod.status,
        ...draw.field(0.9, 'startTime', () => timestamp(startTime)),
        ...(draw.chance(0.5) ? { conditions: [...(pod.status?.conditions ?? []), preempted] } : {}),
      },
    };
  });
  const pod = {
    ...question.pod,
    spec: {
      ...constrained(question.pod, draw),
      priority: draw.pick([0, 10, 50, 100, 1000, 1000, 1000, 2_000_000_001]),
      ...draw.field(0.05, 'preemptionPolicy', () => 'Never'),
    },
    status: {
      phase: 'Pending',
      ...draw.field(0.2, 'nominatedNodeName', () => draw.pick(question.nodes).metadata.name),
    },
  };
  const full = draw.pick([0.3, 0.7, 0.97, 0.97, 0.97]);
  return {
    ...question,
    nodes: question.nodes.map((node) => (draw.chance(full) ? filled(node, pods, pod, draw) : node)),
    pods,
    pod,
    pdbs: draw.chance(0.6) ? namespaceNames.flatMap((namespace) => makeBudgets(draw, namespace, pods)) : [],
    preempt: true,
  };
}

const preempted = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' };

/** Perhaps with pods that must be far from it, or evenly spread, where other pods are. */
function constrained({ metadata: { labels = {} }, spec = { containers: [] } }: Pod, draw: Draw): PodSpec {
  const affinity = { ...spec.affinity, ...draw.field(0.2, 'podAntiAffinity', () => makePodAffinity(draw)) };
  const spread = {
    ...makeSpread(draw),
    ...draw.field(0.6, 'labelSelector', () => ({ matchExpressions: [{ key: 'nobody', operator: 'DoesNotExist' }] })),
    maxSkew: 1,
    whenUnsatisfiable: 'DoNotSchedule',
  };
  return stored(
    {
      ...spec,
      ...(Object.keys(affinity).length > 0 && { affinity }),
      ...draw.field(0.35, 'topologySpreadConstraints', () => [spread]),
    },
    labels,
  );
}

/** No two pods of a node have the same port: kube-scheduler takes it for free when one of them goes. */
function withoutSharedPorts(pods: readonly Pod[]): readonly Pod[] {
  const taken = new Set<string>();
  return pods.map((pod) => {
    const own = podShape(pod).hostPorts.map(
      ({ hostPort, protocol }) => `${pod.spec?.nodeName} ${hostPort} ${protocol}`,
    );
    const isShared = own.some((port) => taken.has(port)) || new Set(own).size < own.length;
    if (!isShared) for (const port of own) taken.add(port);
    return isShared ? withoutPorts(pod) : pod;
  });
}

function withoutPorts(pod: Pod): Pod {
  const { containers = [], initContainers, ...spec } = pod.spec ?? {};
  const closed = (all: readonly Container[]) => all.map((container) => ({ ...container, ports: [] }));
  return {
    ...pod,
    spec: {
      ...spec,
      containers: closed(containers),
      ...(initContainers && { initContainers: closed(initContainers) }),
    },
  };
}

/** With as much as its pods hold and perhaps a little more, but no less than the pod asks for. */
function filled(node: Node, pods: readonly Pod[], pod: Pod, draw: Draw): Node {
  const held = pods.filter(({ spec }) => spec?.nodeName === node.metadata.name).map((one) => podShape(one).requests);
  const wanted = podShape(pod).requests;
  const amount = (resource: string): string => {
    const [all, own] = [held.reduce((sum, requests) => sum + (requests[resource] ?? 0), 0), wanted[resource] ?? 0];
    const left = own === 0 ? 0 : draw.integer(0, Math.ceil(own) - 1);
    const least = draw.chance(0.95) ? own : 0;
    return String(Math.ceil(Math.max(all + left, least)));
  };
  const scarce = draw.pick(['cpu', 'cpu', 'memory', 'pods'].filter((resource) => (wanted[resource] ?? 0) > 0));
  const allocatable = {
    ...node.status?.allocatable,
    ...draw.field(scarce === 'cpu' ? 1 : 0.3, 'cpu', () => `${amount('cpu')}m`),
    ...draw.field(scarce === 'memory' ? 1 : 0.3, 'memory', () => amount('memory')),
    ...draw.field(scarce === 'pods' ? 1 : 0.1, 'pods', () => amount('pods')),
  };
  return { ...node, status: { ...node.status, allocatable } };
}

/** Budgets of which none has a pod in common with another: in which order kube-scheduler looks at them is left to chance. */
const makeBudgets = (draw: Draw, namespace: string, pods: readonly Pod[]): PodDisruptionBudget[] =>
  draw.some(podLabels.app, 0.6).map((app) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(`budget-${app}`, { namespace }),
    spec: {
      minAvailable: 1,
      selector: draw.chance(0.1)
        ? {}
        : { matchLabels: { app }, ...draw.field(0.2, 'matchExpressions', () => [{ key: 'tier', operator: 'Exists' }]) },
    },
    status: {
      disruptionsAllowed: draw.pick([0, 0, 1, 2]),
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      ...draw.field(0.3, 'disruptedPods', () =>
        Object.fromEntries(draw.some(pods, 0.3).map(({ metadata }) => [metadata.name, timestamp(start)])),
      ),
    },
  }));
