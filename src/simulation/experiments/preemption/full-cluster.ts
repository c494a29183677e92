/** Nodes full of pods of different priorities, half of which budgets protect. */
import type { PodDisruptionBudget } from '../../../api/administration.js';
import { type PodShape, podShape } from '../../../scheduling/pod-shape.js';
import { DisruptionBudgets } from '../../../scheduling/preemption/disruption-budgets.js';
import { type PodInfo, podInfo } from '../../../scheduling/snapshot/node-info.js';
import type { Snapshot } from '../../../scheduling/snapshot/snapshot.js';
import type { Pod } from '../../../api/kubernetes.js';
import type { Random } from '../../../support/random.js';
import { podObject, snapshotOf } from '../../engine/objects.js';

/** 4 cores, 16 GiB, 1 Gbit/s. */
const node = { cpu: 4000, memory: 16 * 2 ** 30, network: 125e6, pods: 110 };
export const podsOfNode = 4;
/** Four of them leave no room for another one. */
const request = { cpu: 900, memory: 3.5 * 2 ** 30 };
const network = { network: 30e6 };

export const priorities = [0, 10, 20];
export const highPriority = 1000;
const applications = 20;
/** Of each protected application so much has to be left. */
const leastShare = 0.7;

export interface FullCluster {
  readonly nodes: Snapshot;
  /** Of every second application, as they are after some pods have gone. */
  budgets(gone: readonly PodInfo[]): DisruptionBudgets;
}

const app = (number: number): Record<string, string> => ({ app: `app-${number}` });

function podOf(name: string, priority: number, number: number, cpu: number = request.cpu): Pod {
  const memory = (request.memory * cpu) / request.cpu;
  const pod = podObject(name, { cpu, memory: Math.round(memory) }, { estimate: network });
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: app(number) },
    spec: { containers: [], ...pod.spec, priority },
  };
}

/** Priorities, applications and start times are drawn; the latest start an hour before. */
export function fullCluster(size: number, random: Random): FullCluster {
  const nodes = snapshotOf(Array.from({ length: size }, () => ({ capacity: node })));
  const counts = Array.from({ length: applications }, () => 0);
  const shapes = priorities.map((priority) =>
    Array.from({ length: applications }, (_, number) => podShape(podOf('p', priority, number))),
  );
  for (let row = 0; row < size; row++)
    for (let number = 0; number < podsOfNode; number++) {
      const application = random.integer(0, applications - 1);
      counts[application] = (counts[application] ?? 0) + 1;
      const shape = random.pick(shapes)[application];
      const info = podInfo(podObject(`p${row}-${number}`, {}), 0, shape);
      nodes.place({ ...info, startTime: -random.integer(0, 3_600_000) }, row);
    }
  return { nodes, budgets: (gone) => budgetsOf(counts, gone) };
}

function budgetsOf(counts: readonly number[], gone: readonly PodInfo[]): DisruptionBudgets {
  const left = [...counts];
  for (const { shape } of gone) {
    const number = Number(shape.labels['app']?.slice('app-'.length));
    left[number] = (left[number] ?? 0) - 1;
  }
  const budgets = counts.flatMap((count, number): PodDisruptionBudget[] => {
    if (number % 2 === 0) return [];
    const allowed = Math.max(0, (left[number] ?? 0) - Math.ceil(leastShare * count));
    return [
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: {
          name: `app-${number}`,
          namespace: 'default',
          uid: `b${number}`,
          resourceVersion: '1',
          creationTimestamp: '',
        },
        spec: { selector: { matchLabels: app(number) } },
        status: { disruptionsAllowed: allowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
      },
    ];
  });
  return new DisruptionBudgets(budgets);
}

/** A pod of high priority that two others have to make room for. */
export const preemptorShape = (): PodShape => podShape(podOf('high', highPriority, applications, 2 * request.cpu));
