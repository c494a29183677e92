import type { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { ApiError, Conflict, isObjectFailure, NotFound } from '../cluster/errors.js';
import { NotLeading } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Duration, Instant } from '../support/time.js';
import type { Chain } from './chain.js';
import type { LineMetrics } from './metrics.js';
import { claimUidOf, poolKeyOf } from './pod-state.js';
import { type Refusal, Refusals, type RefusedPod } from './refusals.js';
import { pass, retry, type Stage, type StageContext, type StageVerdict, type Verdict } from './stage.js';

export interface LineSettings {
  /** How many containers of one batch are worked on at once: a large batch leaves room for small ones beside it. */
  readonly concurrency: number;
  /**
   * Before each container this line waits until the other one has nothing under way, but no longer than `atMost`: refill
   * lets deliveries go first, and a steady stream of deliveries slows it down without stopping it.
   */
  readonly yieldsTo?: { readonly line: Pick<Line<never>, 'idle'>; readonly atMost: Duration };
}

/** Where in its chain a stage stands, from 0. */
export interface Step {
  readonly name: string;
  readonly index: number;
  readonly last: boolean;
}

/** Hears of each container in each stage. */
export type Note<Work> = (work: Work, step: Step, from: Instant, to: Instant, verdict: Verdict<Work>) => void;

export interface Run<Work> {
  /** By which stages a container goes. Default: those that the line was made with. */
  readonly chainOf?: (work: Work) => Chain<Work>;
  readonly note?: Note<Work>;
  /** The uid of the object on whose behalf this is: what is refused to one may be done for another. Default: anybody's. */
  readonly owner?: string;
}

/** Runs chains of stages: produce, deliver or reclaim. It owns what they share: order, concurrency, measurement, back-off. */
export class Line<Work extends { readonly pod?: Pod }> {
  #underWay = 0;
  readonly #refusals = new Refusals();
  readonly #waiting = new Set<() => void>();
  readonly #own: Chain<Work>;

  /** @param stages for the work whose chain nobody names */
  constructor(
    stages: readonly Stage<Work>[],
    private readonly settings: LineSettings,
    private readonly metrics: LineMetrics,
  ) {
    this.#own = { stages };
  }

  /** Takes one container through the stages, up to the first that does not pass it. */
  run(work: Work, context: StageContext, run: Run<Work> = {}): Promise<Verdict<Work>> {
    return this.during(() => this.#stages(work, context, run));
  }

  /** Counts as under way what belongs to a batch besides its containers, such as the report of its delivery. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      if (--this.#underWay === 0) for (const wake of this.#waiting) wake();
    }
  }

  /** Resolves when nothing is under way, or after `atMost`. */
  async idle(clock: Clock, atMost: Duration): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        timer[Symbol.dispose]();
        resolve();
      };
      const timer = clock.at(clock.now() + atMost, wake);
      this.#waiting.add(wake);
    });
  }

  /** Whether the last try on this container failed for its own sake. */
  isRefused(pod: Pod, owner?: string): boolean {
    return this.#refusals.size > 0 && this.#refusals.has(refusalKey(pod, owner));
  }

  /** The pods of a pool that are so, by their keys. */
  refusedOf(pool: Key): readonly Key[] {
    return this.#refusals.of(pool);
  }

  /** It is not to go through this line any more: the next time is a first one. */
  forget(pod: Pod, owner?: string): void {
    this.#refusals.forget(refusalKey(pod, owner));
  }

  async #stages(work: Work, context: StageContext, run: Run<Work>): Promise<Verdict<Work>> {
    const { clock } = context;
    const { chainOf, note } = run;
    const key = work.pod && refusalKey(work.pod, run.owner);
    const pending = key === undefined ? undefined : this.#refusals.pending(key, clock.now());
    if (pending) return refused(work, pending);
    const { stages } = chainOf?.(work) ?? this.#own;
    let verdict: StageVerdict<Work> = pass(work);
    for (const [index, stage] of stages.entries()) {
      const start = clock.now();
      verdict = withoutHarm(await this.#run(stage, verdict.work, key, context));
      const outcome = atEnd(verdict);
      const end = clock.now();
      this.metrics.observe(stage.name, outcome.verdict, end - start);
      note?.(outcome.work, { name: stage.name, index, last: index === stages.length - 1 }, start, end, outcome);
      if (verdict.verdict !== 'pass') break;
    }
    // one that only waits may fail again as before
    if (key !== undefined && verdict.verdict !== 'retry') this.#refusals.forget(key);
    return atEnd(verdict);
  }

  /** What fails for this container alone is its verdict. */
  async #run(
    stage: Stage<Work>,
    work: Work,
    key: string | undefined,
    context: StageContext,
  ): Promise<StageVerdict<Work>> {
    try {
      return await stage.run(work, context);
    } catch (error) {
      const isServers = error instanceof ApiError ? !isObjectFailure(error) : error instanceof NotLeading;
      if (isServers || context.signal.aborted) throw error;
      const message = messageOf(error);
      if (!(error instanceof ApiError)) context.log.error({ stage: stage.name, error: message }, 'stage failed');
      const found = { pod: work.pod?.metadata.name ?? '', stage: stage.name, deletes: stage.deletes ?? false, message };
      if (key === undefined) return refused(work, { refusal: { ...found, isNew: true } });
      const noted = this.#refusals.note(key, found, context.clock.now(), work.pod && refusedPod(work.pod));
      // that it has changed since is nothing to report
      const isChanged = error instanceof Conflict || error instanceof NotFound;
      return isChanged ? retry(work, message, noted.after) : refused(work, noted);
    }
  }

  /**
   * Takes a batch through, `concurrency` containers at a time, and returns the verdicts in the batch's order. When the
   * server fails as such, or the context's signal is aborted, no further one is begun; those under way are waited for.
   * Containers that are still to be made are alike: what is refused to one of them is not tried for the others.
   */
  async runAll(batch: readonly Work[], context: StageContext, run: Run<Work> = {}): Promise<readonly Verdict<Work>[]> {
    const { concurrency, yieldsTo } = this.settings;
    const verdicts: Verdict<Work>[] = [];
    let next = 0;
    let failed: { readonly error: unknown } | undefined;
    let unmade: Verdict<Work> | undefined;
    const worker = async () => {
      while (next < batch.length && !failed) {
        const index = next++;
        const work = batch[index] as Work;
        try {
          await yieldsTo?.line.idle(context.clock, yieldsTo.atMost);
          context.signal.throwIfAborted();
          const verdict = work.pod || !unmade ? await this.run(work, context, run) : { ...unmade, work };
          verdicts[index] = verdict;
          if (!work.pod && verdict.verdict === 'retry' && verdict.refusal) unmade = verdict;
        } catch (error) {
          failed ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, batch.length) }, worker));
    if (failed) throw failed.error;
    return verdicts;
  }
}

/** A container that another leader has given to a claim since is another matter: what was to become of it before is void. */
const refusalKey = (pod: Pod, owner = ''): string => `${owner}/${pod.metadata.uid}/${claimUidOf(pod) ?? ''}`;

function refusedPod(pod: Pod): RefusedPod | undefined {
  const pool = poolKeyOf(pod);
  return pool === undefined ? undefined : { pod: keyOf(nameOf(pod)), pool };
}

const refused = <Work>(
  work: Work,
  { refusal, after }: { readonly refusal: Refusal; readonly after?: Duration },
): Verdict<Work> => ({
  verdict: 'retry',
  why: refusal.message,
  work,
  refusal,
  ...(after !== undefined && { after }),
});

/** What is only to be told stops no container. */
const withoutHarm = <Work>(verdict: StageVerdict<Work>): StageVerdict<Work> =>
  verdict.verdict === 'fail' && verdict.consequence === 'tell' ? pass(verdict.work) : verdict;

/** To who runs the chain it does not matter whether a container went to its end or needed no more. */
const atEnd = <Work>(verdict: StageVerdict<Work>): Verdict<Work> =>
  verdict.verdict === 'finish' ? pass(verdict.work) : verdict;
