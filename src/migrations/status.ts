/** What a migration's status says. Pure. */
import type { ContainerMigration, ContainerMigrationStatus } from '../api/container-migration.js';
import { isTrue, setCondition } from '../runtime/index.js';
import { type Instant, timestamp } from '../support/time.js';
import type { MigrationLedger } from './ledger.js';

/** How it stands, in a word and in a sentence. */
export interface Standing {
  readonly compatible: 'True' | 'False' | 'Unknown';
  readonly complete: boolean;
  readonly reason:
    | 'Refused'
    | 'NotFound'
    | 'NotReady'
    | 'Incompatible'
    | 'Moving'
    | 'Waiting'
    | 'Paused'
    | 'RollingBack'
    | 'Moved'
    | 'DeadlineExceeded'
    | 'Cancelled'
    | 'RolledBack';
  readonly message: string;
}

export const isEnded = ({ status }: ContainerMigration): boolean => isTrue(status?.conditions, 'Complete');

const longest = 4096;

export function migrationStatus(
  { status: before, metadata }: ContainerMigration,
  { moved, returned }: MigrationLedger,
  standing: Standing,
  now: Instant,
  begun?: { readonly desired: number },
): ContainerMigrationStatus {
  const observedGeneration = metadata.generation ?? 1;
  const message = standing.message.slice(0, longest);
  const compatible =
    standing.compatible === 'False'
      ? { reason: standing.reason, message }
      : { reason: 'Checked', message: 'containers of the one can become containers of the other as they run' };
  let conditions = before?.conditions;
  if (standing.compatible !== 'Unknown')
    conditions = setCondition(
      conditions,
      { type: 'Compatible', status: standing.compatible, observedGeneration, ...compatible },
      now,
    );
  conditions = setCondition(
    conditions,
    {
      type: 'Complete',
      status: standing.complete ? 'True' : 'False',
      observedGeneration,
      reason: standing.reason,
      message,
    },
    now,
  );
  const desired = before?.desired ?? begun?.desired;
  const startedAt = before?.startedAt ?? (begun ? timestamp(now) : undefined);
  return {
    observedGeneration,
    ...(desired === undefined ? {} : { desired }),
    moved: moved.size,
    ...(returned > 0 ? { returned } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(standing.complete ? { completedAt: before?.completedAt ?? timestamp(now) } : {}),
    ...(moved.size === 0 ? {} : { containers: [...moved.values()] }),
    conditions,
  };
}
