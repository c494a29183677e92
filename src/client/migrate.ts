import { ContainerMigration } from '../api/container-migration.js';
import type { Draft, Ref } from '../api/meta/resource.js';
import { AlreadyExists } from '../cluster/errors.js';
import { findCondition } from '../runtime/conditions.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { checks, named } from './create.js';
import { follow } from './follow.js';
import type { ClientParts } from './parts.js';

/** Creates a migration. Throws CodedError INVALID with all that is wrong, before anything is sent; MIGRATION_EXISTS. */
export async function createMigration(
  { cluster, signal }: Pick<ClientParts, 'cluster' | 'signal'>,
  draft: Draft<ContainerMigration>,
): Promise<ContainerMigration> {
  const { check, containerMigration } = await checks();
  check(containerMigration, named(ContainerMigration, draft));
  try {
    return await cluster.create(ContainerMigration, draft, signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof AlreadyExists)) throw error;
    const { name } = draft.metadata;
    const hint = `see penstock migration describe ${name}, or choose another name`;
    throw new CodedError('MIGRATION_EXISTS', `there is a migration ${name} already`, hint, exitCodes.conflict);
  }
}

export interface MigrationProgress {
  readonly desired: number | undefined;
  readonly moved: number;
  /** In one word and in a sentence; empty while no operator has looked at it. */
  readonly reason: string;
  readonly sentence: string;
}

/**
 * Waits until a migration has ended, and reports each change on the way. Throws CodedError: MIGRATION_REFUSED (the two do not go
 * together, with the reason), MIGRATION_TIMED_OUT (its deadline passed), MIGRATION_CANCELLED, MIGRATION_GONE.
 */
export async function untilMoved(
  parts: ClientParts,
  ref: Ref,
  report: (progress: MigrationProgress) => void = () => {},
): Promise<ContainerMigration> {
  for await (const migration of follow(parts, ContainerMigration, ref)) {
    if (!migration) break;
    const progress = progressOf(migration);
    report(progress);
    const failure = failureOf(ref.name, migration, progress);
    if (failure) throw failure;
    if (findCondition(migration.status?.conditions, 'Complete')?.status === 'True') return migration;
  }
  throw new CodedError(
    'MIGRATION_GONE',
    `somebody deleted migration ${ref.name}`,
    'what was moved stays where it is',
    exitCodes.notFound,
  );
}

function progressOf({ status }: ContainerMigration): MigrationProgress {
  const { reason = '', message = '' } = findCondition(status?.conditions, 'Complete') ?? {};
  return { desired: status?.desired, moved: status?.moved ?? 0, reason, sentence: message };
}

function failureOf(name: string, { status }: ContainerMigration, { reason, sentence }: MigrationProgress) {
  if (findCondition(status?.conditions, 'Compatible')?.status === 'False')
    return new CodedError(
      'MIGRATION_REFUSED',
      `migration ${name} is refused: ${sentence}`,
      `it is tried again when the two have changed; end it with kubectl delete containermigration ${name}`,
      exitCodes.invalid,
    );
  if (reason === 'DeadlineExceeded')
    return new CodedError('MIGRATION_TIMED_OUT', `migration ${name}: ${sentence}`, undefined, exitCodes.timedOut);
  if (reason === 'Cancelled' || reason === 'RolledBack')
    return new CodedError(
      'MIGRATION_CANCELLED',
      `migration ${name} was cancelled: ${sentence}`,
      undefined,
      exitCodes.failed,
    );
  return undefined;
}
