/** Nodes whose pods may have to make room for another, made from plain numbers. */
import type { PodDisruptionBudget } from '../../src/api/administration.js';
import { labels as marks, states } from '../../src/api/names.js';
import { type PodShape, podShape } from '../../src/scheduling/pod-shape.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import type { Preemptor } from '../../src/scheduling/preemption/preemptor.js';
import { type PodInfo, podInfo } from '../../src/scheduling/snapshot/node-info.js';
import { Snapshot } from '../../src/scheduling/snapshot/snapshot.js';
import { nodeObject, podObject } from '../../src/simulation/engine/objects.js';

export interface GivenPod {
  readonly name: string;
  readonly cpu: number;
  readonly priority?: number;
  /** In any unit; absent: not yet. */
  readonly start?: number;
  /** By which a budget selects it. */
  readonly app?: string;
  /** Whether it is in the stock of a pool. */
  readonly stock?: boolean;
}

export function podOf({ name, cpu, priority = 0, start, app, stock }: GivenPod): PodInfo {
  const { metadata, spec = { containers: [] }, ...pod } = podObject(name, { cpu });
  const labels = { ...(app !== undefined && { app }), ...(stock && { [marks.state]: states.stocked }) };
  const info = podInfo({ ...pod, metadata: { ...metadata, labels }, spec: { ...spec, priority } }, 0);
  return { ...info, startTime: start };
}

/** Nodes n0, n1, … of 4000 thousandths of a core, in rows 0, 1, … */
export function crowdedNodes(...pods: readonly (readonly GivenPod[])[]): Snapshot {
  const nodes = new Snapshot();
  for (const [index, there] of pods.entries()) {
    const row = nodes.setNode(nodeObject(`n${index}`, { cpu: 4000, memory: 2 ** 33, pods: 10 }));
    for (const pod of there) nodes.place(podOf(pod), row);
  }
  return nodes;
}

export const preemptorOf = (cpu: number, priority = 100, more: Partial<Preemptor> = {}): Preemptor => ({
  key: 'default/waiting',
  shape: shapeOf(cpu, priority),
  policy: undefined,
  nominatedNode: undefined,
  ...more,
});

const shapeOf = (cpu: number, priority: number): PodShape => {
  const { spec = { containers: [] }, ...pod } = podObject('waiting', { cpu });
  return podShape({ ...pod, spec: { ...spec, priority } });
};

/** A budget for each app, with the evictions that it allows. */
export const budgetsOf = (allowed: Readonly<Record<string, number | undefined>>): DisruptionBudgets =>
  new DisruptionBudgets(
    Object.entries(allowed).map(([app, disruptionsAllowed = 0]) => budget(app, { disruptionsAllowed })),
  );

export const budget = (
  app: string,
  status: Partial<NonNullable<PodDisruptionBudget['status']>>,
): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default', uid: app, resourceVersion: '1', creationTimestamp: '' },
  spec: { selector: { matchLabels: { app } } },
  status: { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1, ...status },
});
