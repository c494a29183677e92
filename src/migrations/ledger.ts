/** What a migration has moved, read from the pods that carry its mark and from what its status has noted. Pure. */
import type { ContainerMigration, ContainerMigrationStatus } from '../api/container-migration.js';
import type { Pod } from '../api/kubernetes.js';
import { mainContainerId } from '../line/index.js';

type Moved = NonNullable<ContainerMigrationStatus['containers']>[number];

export interface MigrationLedger {
  /** By the names of their pods; what was moved and has ended since counts as well. */
  readonly moved: ReadonlyMap<string, Moved>;
  readonly returned: number;
}

/** The mark of the pods that were moved, and of those that were brought back. */
export const marksOf = ({ metadata: { uid } }: ContainerMigration) => ({ there: uid, back: `${uid}.back` });

/** @param there pods with the first mark @param back pods with the second one */
export function readMoved({ status }: ContainerMigration, there: Iterable<Pod>, back: Iterable<Pod>): MigrationLedger {
  const returned = [...back];
  const moved = new Map((status?.containers ?? []).map((one) => [one.name, one]));
  for (const pod of [...there, ...returned]) {
    const { name } = pod.metadata;
    const containerID = mainContainerId(pod);
    if (!moved.has(name)) moved.set(name, { name, ...(containerID === undefined ? {} : { containerID }) });
  }
  return { moved, returned: Math.max(status?.returned ?? 0, returned.length) };
}
