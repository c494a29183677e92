import type { PodGroup } from '../../api/pod-group.js';
import type { SchedulerCache } from '../cache/scheduler-cache.js';
import { podGroupKey } from '../gang.js';
import type { Placing } from '../placer.js';
import type { GroupOutcome } from './conditions.js';

/** What became of the PodGroups whose pods were looked at: one without a gang needs one pod that has a node. */
export function groupOutcomes(
  placings: readonly Placing[],
  cache: Pick<SchedulerCache, 'podGroups' | 'membersOf'>,
): ReadonlyMap<PodGroup, GroupOutcome> {
  const outcomes = new Map<PodGroup, GroupOutcome>();
  for (const placing of placings) {
    const { namespace, schedulingGroup } = placing.pod.shape;
    const group = schedulingGroup === undefined ? undefined : cache.podGroups.find(namespace, schedulingGroup);
    if (!group || schedulingGroup === undefined) continue;
    const { minCount = 1 } = group.spec.schedulingPolicy.gang ?? {};
    if (cache.membersOf(podGroupKey(namespace, schedulingGroup)) >= minCount) outcomes.set(group, { scheduled: true });
    else if (placing.node === undefined) outcomes.set(group, { scheduled: false, message: placing.message });
  }
  return outcomes;
}
