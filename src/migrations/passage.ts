import { ContainerClaim } from '../api/container-claim.js';
import { type ContainerMigration, mostMoved } from '../api/container-migration.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { annotations, deletionCost, scaledPrefix } from '../api/names.js';
import { releasedBy, releasePatch, type Flight, type Reserved, type Shelf, slotsOf } from '../claims/index.js';
import { isObjectFailure, NotFound } from '../cluster/errors.js';
import { mergePatch } from '../cluster/patch.js';
import {
  fail,
  type LeavingNodes,
  type Line,
  type Lines,
  type MoveWork,
  type ReclaimWork,
  type Refusals,
  type StageContext,
  type Verdict,
} from '../line/index.js';
import { messageOf } from '../support/errors.js';
import { type Instant, instantOf } from '../support/time.js';
import { marksOf, type MigrationLedger } from './ledger.js';
import { type Move, type MovePlan, planMoves, roomIn, settled } from './plan.js';
import { forgetSize, resizeBy } from './sizes.js';
import type { Standing } from './status.js';
import { targetOf } from './targets.js';
import type { ClaimEnd, DeploymentEnd, End, PoolEnd } from './workloads.js';

export interface MigrationLines {
  readonly move: Line<MoveWork>;
  readonly reclaim: Line<ReclaimWork>;
  /** Whether a container is to go, and could not be deleted. */
  readonly isRefused: (pod: Pod) => boolean;
  /** What stands on these goes to nobody from stock. */
  readonly leaving: Pick<LeavingNodes, 'has'>;
  /** By which stages containers go back to their pool. */
  readonly book: Pick<Lines, 'ends'>;
}

export interface Advance {
  readonly standing: Standing;
  /** What is noted at its beginning, once. */
  readonly begun?: { readonly desired: number };
}

export interface PassageParts {
  readonly migration: ContainerMigration;
  readonly from: End;
  readonly to: End;
  readonly lines: MigrationLines;
  readonly reserved: Reserved;
  readonly shelf: Shelf;
  readonly context: StageContext;
  readonly ledger: () => MigrationLedger;
  /** Containers that the server would not let go, by migration and pod. */
  readonly refusals: Refusals;
}

/**
 * One look at a migration whose ends are there: what it does then. Level-triggered: each step looks at what is, does one thing that
 * is missing, and leaves the rest to the next look.
 */
export class Passage {
  constructor(private readonly parts: PassageParts) {}

  /** Whether anything can go at all, and how many: noted before the first of them goes. */
  begin(deadline: Instant, now: Instant): Advance {
    const { count } = this.parts.migration.spec;
    const { moves, objection, isApart } = this.#plan(count ?? mostMoved);
    if (moves.length > 0)
      return { standing: moving(0, count ?? moves.length), begun: { desired: count ?? moves.length } };
    const message = objection ?? 'nothing can be moved';
    if (now >= deadline)
      return { standing: { compatible: 'Unknown', complete: true, reason: 'DeadlineExceeded', message } };
    return {
      standing: isApart
        ? { compatible: 'False', complete: false, reason: 'Incompatible', message }
        : { compatible: 'Unknown', complete: false, reason: 'Waiting', message },
    };
  }

  async goOn({ isLate }: { readonly isLate: boolean }): Promise<Standing> {
    const { migration, to } = this.parts;
    const desired = migration.status?.desired ?? 0;
    const gone = this.parts.ledger().moved.size;
    if (gone >= desired || isLate) return this.#finish(isLate);
    if (migration.spec.paused) return standing('Paused', `${gone} of ${desired} moved, paused`);
    if (await this.#announce(desired)) return moving(gone, desired);
    const most = to.kind === 'Deployment' ? Math.min(desired - gone, this.#room(to)) : desired - gone;
    const { moves, objection } = this.#plan(most);
    const refusal = await this.#go(moves);
    const now = this.parts.ledger().moved.size;
    if (refusal === undefined && (moves.length > 0 || most === 0)) return moving(now, desired);
    return standing('Waiting', `${now} of ${desired} moved: ${refusal ?? objection ?? 'nothing can be moved'}`);
  }

  /** What was moved goes back as far as it can. */
  async bringBack(): Promise<Standing> {
    const { migration, from, to } = this.parts;
    const { there, back } = marksOf(migration);
    const { moved, returned } = this.parts.ledger();
    const underWay = rollingBack(returned, moved.size);
    const reversed = new Passage({ ...this.parts, from: to, to: from });
    const plan = reversed.#planBack(there);
    if (plan.moves.length > 0) {
      const stay = moved.size - returned - plan.moves.length;
      if (from.kind === 'Deployment' && (await this.#resize(from, -stay))) return underWay;
      await reversed.#run(plan.moves, back);
      return underWay;
    }
    if (plan.isRefused)
      return standing('RollingBack', `cancelled: ${returned} of ${moved.size} are back: ${plan.objection}`);
    const stay = moved.size - returned;
    if (await this.#sizesAfter(stay)) return underWay;
    if (!(await this.#settle())) return underWay;
    return stay === 0
      ? { ...standing('RolledBack', `all that was moved, ${returned}, is back`), complete: true }
      : {
          ...standing(
            'Cancelled',
            `${returned} of ${moved.size} are back; ${plan.objection ?? 'the others have ended'}`,
          ),
          complete: true,
        };
  }

  async #finish(isLate: boolean): Promise<Standing> {
    const { migration } = this.parts;
    const desired = migration.status?.desired ?? 0;
    const gone = this.parts.ledger().moved.size;
    if (await this.#sizesAfter(gone)) return moving(gone, desired);
    if (!(await this.#settle())) return moving(gone, desired);
    return isLate && gone < desired
      ? {
          ...standing('DeadlineExceeded', `${gone} of ${desired} were moved within ${migration.spec.deadline}`),
          complete: true,
        }
      : { ...standing('Moved', `${gone} of ${desired} moved`), complete: true };
  }

  /** Both ends are as large as they are to be when so many have gone. Whether that was still to be done. */
  async #sizesAfter(gone: number): Promise<boolean> {
    const { migration, from, to } = this.parts;
    const gives = !migration.spec.keepSource;
    if (from.kind === 'ContainerClaim' && gives && (await this.#release([]))) return true;
    if (from.kind === 'Deployment' && (await this.#resize(from, gives ? -gone : 0))) return true;
    return to.kind === 'Deployment' && (await this.#resize(to, gone));
  }

  #room(to: DeploymentEnd): number {
    return roomIn(to, this.#startedAt, this.#marks);
  }

  get #startedAt(): Instant {
    return instantOf(this.parts.migration.status?.startedAt) ?? 0;
  }

  get #marks(): ReadonlySet<string> {
    const { there, back } = marksOf(this.parts.migration);
    return new Set([there, back]);
  }

  /** Makes room, and notes at both Deployments that there is a migration. Whether that was still to be done. */
  async #announce(desired: number): Promise<boolean> {
    const { from, to, migration } = this.parts;
    const isNoted = (end: DeploymentEnd) =>
      end.deployment.metadata.annotations?.[scaledPrefix + migration.metadata.uid] !== undefined;
    if (to.kind === 'Deployment' && (await this.#resize(to, desired))) return true;
    return from.kind === 'Deployment' && !isNoted(from) && (await this.#resize(from, 0));
  }

  #plan(most: number): MovePlan {
    const { migration, from, to, reserved, shelf } = this.parts;
    const isTaken = ({ index }: { readonly index: number }) =>
      to.kind === 'ContainerClaim' && reserved.has(to.claim.metadata.uid, index);
    const quota =
      from.kind === 'ContainerPool' && to.kind === 'ContainerClaim' ? shelf.room(to.claim, from.pool) : Infinity;
    return planMoves({ from, to, spec: migration.spec, most, isTaken, quota, refusalOf: this.#refusalOf });
  }

  /** In the reversed passage: those that carry the mark. A claim gets them for the numbers that it gave away. */
  #planBack(only: string): MovePlan {
    const { migration, from, to } = this.parts;
    const most = to.kind === 'Deployment' ? Math.max(1, this.#room(to)) : mostMoved;
    const end = to.kind === 'ContainerClaim' ? { ...to, missing: this.#givenAway(to) } : to;
    // a container of a pool has served once it was elsewhere
    if (to.kind === 'ContainerPool' && from.kind !== 'ContainerPool')
      return { moves: [], objection: 'what has served does not go back into the stock of a pool', isApart: true };
    if (from.kind === 'ContainerPool' && to.kind === 'ContainerClaim')
      return { moves: [], objection: 'what has gone back to its pool is being cleaned, or is clean', isApart: true };
    return planMoves({
      from,
      to: end,
      spec: migration.spec,
      most,
      isTaken: () => false,
      refusalOf: this.#refusalOf,
      only,
    });
  }

  readonly #refusalOf = (pod: Pod): string | undefined =>
    this.parts.refusals.pending(this.#keyOf(pod), this.parts.context.clock.now())?.refusal.message;

  #keyOf = ({ metadata }: Pod): string => `${this.parts.migration.metadata.uid}/${metadata.uid}`;

  /** Of each container that could not go: when it is tried again, it comes after those that were not tried yet. */
  #note(verdicts: readonly Verdict<{ readonly pod: Pod }>[]): void {
    const { refusals, context } = this.parts;
    for (const one of verdicts) {
      const { pod } = one.work;
      if (isRefusal(one)) {
        const refusal = { pod: pod.metadata.name, stage: 'move', deletes: false, message: one.why };
        refusals.note(this.#keyOf(pod), refusal, context.clock.now());
      } else refusals.forget(this.#keyOf(pod));
    }
  }

  #givenAway(to: Extract<End, { kind: 'ContainerClaim' }>) {
    const held = new Set(to.held.map(({ slot }) => slot.index));
    const numbers = new Set(releasedBy(to.claim)[this.parts.migration.metadata.uid] ?? []);
    const released = slotsOf(to.claim).filter(({ index }) => numbers.has(index));
    return [...to.missing, ...released].filter(({ index }) => !held.has(index) && !to.done.has(index));
  }

  /** Returns why, if none of them can go. */
  async #go(moves: readonly Move[]): Promise<string | undefined> {
    const { migration, from } = this.parts;
    const numbers = moves.flatMap(({ from: number }) => number ?? []);
    if (from.kind === 'ContainerClaim' && !migration.spec.keepSource) await this.#release(numbers);
    return refusalIn(await this.#run(moves, marksOf(migration).there));
  }

  async #run(moves: readonly Move[], mark: string): Promise<readonly Verdict<unknown>[]> {
    const verdicts = await this.#move(moves, mark);
    this.#note(verdicts);
    return verdicts;
  }

  async #move(moves: readonly Move[], mark: string): Promise<readonly Verdict<{ readonly pod: Pod }>[]> {
    const { migration, from, to, lines, context, reserved } = this.parts;
    using _ = reserved.take(
      to.kind === 'ContainerClaim' ? to.claim.metadata.uid : '',
      moves.flatMap(({ slot }) => slot?.index ?? []),
    );
    using _taken = this.parts.shelf.take(takenBy(moves, from, to));
    if (from.kind === 'ContainerClaim' && to.kind === 'ContainerPool')
      return await this.#takeBack(moves, from, to, mark);
    // awaited here: what is taken is given back when this function returns
    return await lines.move.runAll(
      moves.map((move) => ({ pod: move.pod, targetOf: targetOf(move, from, to, mark) })),
      context,
      { owner: migration.metadata.uid },
    );
  }

  /** By the pool's own line, as when their claim ends; but what cannot be cleaned stays where it is. */
  async #takeBack(moves: readonly Move[], { claim }: ClaimEnd, { pool }: PoolEnd, mark: string) {
    const { lines, context } = this.parts;
    const chain = lines.book.ends(pool).back;
    // its line has changed just now
    if (!chain) return [];
    const marks = { [annotations.migration]: mark };
    const works = moves.map(({ pod }): ReclaimWork => ({ pod, why: '', back: { claim, pool, marks } }));
    return (await lines.reclaim.runAll(works, context, { chainOf: () => chain, owner: mark })).map(cameBack);
  }

  /** The claim that they come from does not fill these numbers, nor those that have gone already. Whether that was to be written. */
  async #release(numbers: readonly number[]): Promise<boolean> {
    const { migration, from, context } = this.parts;
    if (from.kind !== 'ContainerClaim') return false;
    const { uid } = migration.metadata;
    const before = releasedBy(from.claim)[uid] ?? [];
    const held = new Set(from.held.map(({ slot }) => slot.index));
    const gone = before.filter((number) => !held.has(number) && !from.done.has(number));
    const wanted = [...new Set([...gone, ...numbers])].sort((a, b) => a - b);
    if (wanted.join() === [...before].sort((a, b) => a - b).join()) return false;
    await context.cluster.patch(ContainerClaim, nameOf(from.claim), releasePatch(from.claim, uid, wanted), {
      signal: context.signal,
    });
    return true;
  }

  #resize({ deployment }: DeploymentEnd, by: number): Promise<boolean> {
    const { migration, context } = this.parts;
    return resizeBy(context.cluster, deployment, migration.metadata.uid, by, { signal: context.signal });
  }

  /** What was only for the way goes, once no Deployment has pods that are too many. False: not yet. */
  async #settle(): Promise<boolean> {
    const { from, to } = this.parts;
    for (const end of [from, to]) {
      if (end.kind !== 'Deployment') continue;
      const costly = settled(end, this.#marks);
      if (!costly) return false;
      await Promise.all(costly.map((pod) => this.#cheapen(pod)));
    }
    return true;
  }

  /** Once its end is written: until then what has been done to the sizes must be known. */
  async tidy(): Promise<void> {
    const { migration, from, to, context } = this.parts;
    const options = { signal: context.signal };
    const ends = [from, to].filter((end) => end.kind === 'Deployment');
    const all = ends.map((end) => forgetSize(context.cluster, end.deployment, migration.metadata.uid, options));
    // each for itself: what is left at one Deployment keeps it from its stock
    for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
  }

  async #cheapen(pod: Pod): Promise<void> {
    const { migration, context } = this.parts;
    const { cluster, signal, events } = context;
    const patch = mergePatch({ metadata: { uid: pod.metadata.uid, annotations: { [deletionCost]: null } } });
    await cluster.patch(Pod, nameOf(pod), patch, { signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return;
      if (!isObjectFailure(error)) throw error;
      // it runs where it is to run: a mark that stays there keeps nothing from its end
      events.record(
        migration,
        'Warning',
        'ContainerRefused',
        `pod ${pod.metadata.name} keeps the annotation ${deletionCost}: ${messageOf(error)}`,
      );
    });
  }
}

/** What counts as its tenant's, and is offered to no other claim, while it goes from a pool to a claim. */
function takenBy(moves: readonly Move[], from: End, to: End): readonly Flight[] {
  if (from.kind !== 'ContainerPool' || to.kind !== 'ContainerClaim') return [];
  const [pool, { claim }] = [keyOf(nameOf(from.pool)), to];
  return moves.flatMap(({ pod, slot }) => (slot ? { claim, pod, slot, pool } : []));
}

/** Why none of them can go. One that somebody else has taken meanwhile says nothing about what is still there. */
function refusalIn(verdicts: readonly Verdict<unknown>[]): string | undefined {
  const refusals = verdicts.flatMap((one) => (isRefusal(one) ? one.why : []));
  return refusals.length === verdicts.length ? refusals[0] : undefined;
}

const isRefusal = <Work>(one: Verdict<Work>): one is Exclude<Verdict<Work>, { verdict: 'pass' }> =>
  (one.verdict === 'fail' && one.consequence !== 'another') || (one.verdict === 'retry' && one.refusal !== undefined);

/** What the stage scrub cannot clean passes it without its way back: it would be deleted by those that follow. */
const cameBack = (verdict: Verdict<ReclaimWork>): Verdict<ReclaimWork> =>
  verdict.verdict === 'pass' && !verdict.work.back ? fail(verdict.work, verdict.work.why, 'replace') : verdict;

const standing = (reason: Standing['reason'], message: string): Standing => ({
  compatible: 'True',
  complete: false,
  reason,
  message,
});

const moving = (gone: number, desired: number): Standing => standing('Moving', `${gone} of ${desired} moved`);

const rollingBack = (back: number, moved: number): Standing =>
  standing('RollingBack', `cancelled: ${back} of ${moved} are back`);
