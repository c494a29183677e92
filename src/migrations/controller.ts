import { ContainerMigration } from '../api/container-migration.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, type Ref } from '../api/meta/resource.js';
import type { Reserved, Shelf } from '../claims/index.js';
import type { Cluster } from '../cluster/cluster.js';
import { Conflict, isObjectFailure, NotFound } from '../cluster/errors.js';
import { Refusals, type StageContext } from '../line/index.js';
import { again, type Cache, type Context, done, type Reconciler, type Result, writeStatus } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { sameJson } from '../support/digest.js';
import { messageOf } from '../support/errors.js';
import { type Duration, type Instant, instantOf, parseDuration, second } from '../support/time.js';
import { indexes } from './indexes.js';
import { marksOf, type MigrationLedger, readMoved } from './ledger.js';
import { type Advance, type MigrationLines, Passage } from './passage.js';
import { EndReader } from './read.js';
import { refusalOf } from './refusals.js';
import { isEnded, migrationStatus, type Standing } from './status.js';
import type { Absent, End } from './workloads.js';

/** Under way it looks again so often: what it waits for is written by others, in several steps. */
const stride: Duration = second / 2;
/** What waits for room, or for containers, is looked at again so often. */
const waitingPause: Duration = 5 * second;
/** What was refused is looked at again so often. */
const refusalPause: Duration = 10 * second;

/** Moves containers, one migration at a time each. */
export class MigrationController implements Reconciler {
  readonly #refusals = new Refusals();

  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly lines: MigrationLines,
    private readonly reserved: Reserved,
    private readonly shelf: Shelf,
  ) {}

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const migration = this.cache.get(ContainerMigration, keyOf(ref));
    if (!migration || migration.metadata.deletionTimestamp !== undefined || isEnded(migration)) return done;
    const stage: StageContext = { ...context, cluster: this.cluster, clock: this.clock };
    const { standing, begun, passage } = await this.#advance(migration, stage);
    const status = migrationStatus(migration, this.#ledger(migration), standing, this.clock.now(), begun);
    const changed = !sameJson(status, migration.status ?? {});
    if (changed) await writeStatus(this.cluster, ContainerMigration, migration, status, { signal: context.signal });
    if (changed && (standing.complete || standing.compatible === 'False'))
      context.events.record(
        migration,
        standing.reason === 'Moved' || standing.reason === 'RolledBack' ? 'Normal' : 'Warning',
        standing.reason,
        standing.message,
      );
    if (standing.complete) {
      await passage?.tidy();
      return done;
    }
    if (standing.compatible === 'False' || standing.reason === 'Paused') return again(refusalPause);
    return again(standing.reason === 'Waiting' ? waitingPause : stride);
  }

  #ledger(migration: ContainerMigration): MigrationLedger {
    const { there, back } = marksOf(migration);
    const of = (mark: string) => this.cache.byIndex(Pod, indexes.moved, mark).values();
    return readMoved(migration, of(there), of(back));
  }

  async #advance(
    migration: ContainerMigration,
    context: StageContext,
  ): Promise<Advance & { readonly passage?: Passage }> {
    const { spec, metadata } = migration;
    const refusal = refusalOf(spec);
    if (refusal !== undefined) return refused('Refused', refusal);
    const now = this.clock.now();
    const reader = new EndReader(
      this.cluster,
      metadata.namespace ?? '',
      { signal: context.signal },
      this.lines.isRefused,
      (pod) => this.lines.leaving.has(pod),
    );
    const from = await reader.read(spec.from, now);
    const to = await reader.read(spec.to, now);
    const isLate = now >= deadlineOf(migration);
    if (from.kind === 'absent') return absent(from, spec, isLate);
    if (to.kind === 'absent') return absent(to, spec, isLate);
    const passage = this.#passage(migration, from, to, context);
    try {
      if (spec.cancelled) return { passage, standing: await passage.bringBack() };
      if (migration.status?.desired === undefined) return passage.begin(deadlineOf(migration), now);
      return { passage, standing: await passage.goOn({ isLate }) };
    } catch (error) {
      // one of its ends cannot be changed, as its containers can be: its user is to know
      if (!isObjectFailure(error) || error instanceof Conflict || error instanceof NotFound) throw error;
      return {
        passage,
        standing: { compatible: 'Unknown', complete: false, reason: 'Waiting', message: messageOf(error) },
      };
    }
  }

  #passage(migration: ContainerMigration, from: End, to: End, context: StageContext): Passage {
    return new Passage({
      migration,
      from,
      to,
      lines: this.lines,
      reserved: this.reserved,
      shelf: this.shelf,
      context,
      ledger: () => this.#ledger(migration),
      refusals: this.#refusals,
    });
  }
}

const refused = (reason: Standing['reason'], message: string): Advance => ({
  standing: { compatible: 'False', complete: false, reason, message },
});

/** It may come, or come back; but not for ever. */
function absent({ reason, message }: Absent, { cancelled }: ContainerMigration['spec'], isLate: boolean): Advance {
  if (!cancelled && !isLate) return refused(reason, message);
  const end = cancelled ? 'Cancelled' : 'DeadlineExceeded';
  return { standing: { compatible: 'Unknown', complete: true, reason: end, message } };
}

function deadlineOf({ metadata, spec: { deadline } }: ContainerMigration): Instant {
  const allowed = deadline === undefined ? Infinity : (parseDuration(deadline) ?? Infinity);
  return (instantOf(metadata.creationTimestamp) ?? 0) + allowed;
}
