import type { PodShape } from '../scheduling/index.js';

/** Pods with the same value, in one namespace, are placed all together or not at all. */
export const podGroupLabel = 'scheduling.penstock.dev/pod-group';
/** How many of them there must be; absent: as many as wait. */
export const minMemberLabel = 'scheduling.penstock.dev/min-member';

export interface Gang {
  /** `namespace/name`. */
  readonly key: string;
  readonly minMember: number;
}

/** The gang that a pod belongs to. A number that cannot be read counts as one. */
export function gangOf({
  namespace = '',
  labels = {},
}: Partial<Pick<PodShape, 'namespace' | 'labels'>>): Gang | undefined {
  const name = labels[podGroupLabel];
  if (!name) return undefined;
  const stated = Number(labels[minMemberLabel]);
  return { key: `${namespace}/${name}`, minMember: Number.isInteger(stated) && stated > 0 ? stated : 1 };
}
