import type { PodGroup } from '../api/pod-group.js';
import type { PodShape } from '../scheduling/index.js';

/** Pods with the same value, in one namespace, are placed all together or not at all. */
export const podGroupLabel = 'scheduling.penstock.dev/pod-group';
/** How many of them there must be; absent: as many as wait. */
export const minMemberLabel = 'scheduling.penstock.dev/min-member';

/** Pods of which at least so many are placed, or none: by their labels, or by the PodGroup that they name. */
export interface Gang {
  /** Equal for its pods, and for no others. */
  readonly key: string;
  /** `namespace/name`. */
  readonly name: string;
  readonly minMember: number;
  /** Nothing says how many there must be: all that wait. */
  readonly takesAll: boolean;
}

/** PodGroups as the informers show them. */
export interface PodGroups {
  /** Whether the server had such a kind when this process asked. */
  readonly served: boolean;
  find(namespace: string, name: string): PodGroup | undefined;
}

export const noPodGroups: PodGroups = { served: false, find: () => undefined };

type Grouped = Partial<Pick<PodShape, 'namespace' | 'labels' | 'schedulingGroup'>>;

/** What a pod says of the group that it belongs to, gang or not: `Gang.key`, known without the group. */
export function groupKeyOf({ namespace = '', labels = {}, schedulingGroup }: Grouped): string | undefined {
  if (schedulingGroup !== undefined) return podGroupKey(namespace, schedulingGroup);
  const name = labels[podGroupLabel];
  return name ? `${namespace}/${name}` : undefined;
}

export const podGroupKey = (namespace: string, name: string): string => `podgroups/${namespace}/${name}`;

/** The gang that a pod belongs to. A number in the label that cannot be read counts as none. */
export function gangOf(pod: Grouped, podGroups: PodGroups = noPodGroups): Gang | undefined {
  const { namespace = '', labels = {}, schedulingGroup } = pod;
  const key = groupKeyOf(pod);
  if (key === undefined) return undefined;
  if (schedulingGroup !== undefined) {
    const { minCount } = podGroups.find(namespace, schedulingGroup)?.spec.schedulingPolicy.gang ?? {};
    const name = `${namespace}/${schedulingGroup}`;
    return minCount === undefined ? undefined : { key, name, minMember: minCount, takesAll: false };
  }
  const stated = Number(labels[minMemberLabel]);
  const minMember = Number.isInteger(stated) && stated > 0 ? stated : 1;
  return { key, name: key, minMember, takesAll: minMember === 1 };
}

/** Why a pod waits whose group is not there. */
export function missingGroupOf({ namespace = '', schedulingGroup }: Grouped, podGroups: PodGroups): string | undefined {
  if (schedulingGroup === undefined || podGroups.find(namespace, schedulingGroup)) return undefined;
  const name = `${namespace}/${schedulingGroup}`;
  return podGroups.served
    ? `pod group ${name} does not exist`
    : `pod group ${name} is not known: the server had no PodGroups when this scheduler started`;
}

/** What of its group this scheduler cannot do. */
export function unsupportedByGroup(
  { namespace = '', schedulingGroup = '' }: Grouped,
  podGroups: PodGroups,
): string | undefined {
  const { schedulingConstraints, parentCompositePodGroupName } = podGroups.find(namespace, schedulingGroup)?.spec ?? {};
  if (schedulingConstraints?.topology?.length)
    return `Pod group ${schedulingGroup} states constraints on the topology.`;
  return parentCompositePodGroupName ? `Pod group ${schedulingGroup} is a part of a composite pod group.` : undefined;
}

/** The PodGroup of a pod, where its pods can only go all together. */
export function wholeGroupOf({ namespace = '', schedulingGroup }: Grouped, podGroups: PodGroups): PodGroup | undefined {
  const group = schedulingGroup === undefined ? undefined : podGroups.find(namespace, schedulingGroup);
  return group?.spec.disruptionMode?.all ? group : undefined;
}
