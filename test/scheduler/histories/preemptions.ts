import { Event, type Pod } from '../../../src/api/kubernetes.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import { gangOf } from '../../../src/scheduler/gang.js';
import {
  DisruptionBudgets,
  podShape,
  PreemptionAlgorithm,
  preemptorOf,
  unsupportedBy,
} from '../../../src/scheduling/index.js';
import { type Violation, violation } from '../../faults/violation.js';
import { type EndState, isWaiting } from './end-state.js';
import type { Happening } from './record.js';
import { snapshotOf } from './safety.js';

/** Who made room, and for whom, as the scheduler has said: the victim was less important, and on that node. */
export async function checkPreemptions(
  happenings: readonly Happening[],
  cluster: Cluster,
): Promise<readonly Violation[]> {
  const pods = new Map<string, Pod>();
  for (const { of, object } of happenings) if (of === 'pod') pods.set(object.metadata.uid, object);
  const violations: Violation[] = [];
  for (const { reason, note = '', regarding } of (await cluster.list(Event)).items) {
    if (reason !== 'Preempted') continue;
    const [, preemptorUid = '', node] = /^Preempted by pod (\S+) on node (\S+)$/.exec(note) ?? [];
    const [victim, preemptor] = [pods.get(regarding?.uid ?? ''), pods.get(preemptorUid)];
    if (!victim || !preemptor) continue;
    const [victimPriority = 0, priority = 0] = [victim.spec?.priority, preemptor.spec?.priority];
    const names = [victim.metadata.name, preemptor.metadata.name] as const;
    if (victimPriority >= priority) {
      const what = `${names[0]} of priority ${victimPriority} made room for ${names[1]} of priority ${priority}`;
      violations.push(violation('only less important pods make room', what, ...names));
    }
    if (victim.spec?.nodeName !== node) {
      const what = `${names[0]} made room on ${node} for ${names[1]}, and was on ${victim.spec?.nodeName}`;
      violations.push(violation('pods make room where they are', what, ...names));
    }
  }
  return violations;
}

/** Nobody waits for whom others would make room. */
export function checkPreemptors(
  { nodes, pods, podGroups }: EndState,
  isHeld: (pod: Pod) => boolean,
): readonly Violation[] {
  const snapshot = snapshotOf(nodes, pods);
  const budgets = new DisruptionBudgets([]);
  const waiting = pods.filter((pod) => isWaiting(pod) && !isHeld(pod) && !gangOf(podShape(pod), podGroups));
  return waiting.flatMap((pod) => {
    const shape = podShape(pod);
    if (shape.schedulingGroup !== undefined || unsupportedBy(shape, snapshot.volumes)) return [];
    const found = new PreemptionAlgorithm().select(preemptorOf(pod, shape), snapshot, { budgets });
    const names = found?.victims.map(({ key }) => key).join(', ');
    if (!found) return [];
    const what = `${pod.metadata.name} waits, and ${names} could make room for it`;
    return [violation('nobody waits for whom others would make room', what, pod.metadata.name)];
  });
}
