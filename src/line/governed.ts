/** What a line adds to a stage: its pace, its time-out, its retries, and what a failure comes to. */
import type { Pod } from '../api/kubernetes.js';
import type { StageEntry } from '../api/production-line.js';
import { backOffDelay } from '../runtime/index.js';
import { type Duration, type Instant, minute, parseDuration, second } from '../support/time.js';
import { Pace } from './pace.js';
import {
  type Consequence,
  fail,
  retry,
  type Stage,
  type StageContext,
  type StageVerdict,
  type Verdict,
} from './stage.js';

/** The longest pause between two tries. */
const longestPause: Duration = 5 * minute;
/** Containers whose tries are remembered: of more the oldest begin anew. Only a pace, no promise rests on it. */
const remembered = 10_000;

interface Tries {
  readonly failures: number;
  readonly first: Instant;
  /** No try before. */
  readonly until: Instant;
  readonly why: string;
  /** What it came to when it failed for good: its way out may take several looks, and nobody is asked again meanwhile. */
  readonly came?: Consequence;
}

type Policy = Pick<StageEntry, 'concurrency' | 'rate' | 'timeout' | 'retries' | 'onFailure'>;

const consequences: Readonly<Record<'Discard' | 'Quarantine' | 'Abort', Consequence>> = {
  Discard: 'replace',
  Quarantine: 'quarantine',
  Abort: 'abort',
};

/** A container that comes to one of these is on its way out. */
const goes: ReadonlySet<Consequence> = new Set(['discard', 'replace', 'quarantine']);

/**
 * The stage under the rules of its line. The time-out counts from an instant that the pod itself tells, so it survives a
 * restart; tries are counted by this process: a restart grants them anew, within the time-out.
 * @param since from when a container's time counts, unless the stage says otherwise
 */
export function governed<Work extends { readonly pod?: Pod }>(
  stage: Stage<Work>,
  policy: Policy,
  since: (work: Work) => Instant | undefined,
): Stage<Work> {
  const { concurrency, rate, timeout, retries, onFailure } = policy;
  if ([concurrency, rate, timeout, retries, onFailure].every((rule) => rule === undefined)) return stage;
  const pace = concurrency === undefined && rate === undefined ? undefined : new Pace(concurrency, rate);
  const patience = timeout === undefined ? Infinity : (parseDuration(timeout) ?? Infinity);
  const backOff = { base: parseDuration(retries?.backoff ?? '1s') ?? second, max: longestPause };
  const tried = new Map<string, Tries>();
  /** The uids of those that have entered, and whose answer is still to come. */
  const entered = new Set<string>();

  const remember = (key: string, tries: Tries) => {
    tried.delete(key);
    tried.set(key, tries);
    if (tried.size > remembered) for (const [oldest] of tried) return void tried.delete(oldest);
  };

  /** It failed for good: what the line says, else what the stage says. */
  const final = (verdict: Verdict<Work> & { verdict: 'fail' }, key: string, tries: Tries): StageVerdict<Work> => {
    const why = `stage ${stage.name}: ${verdict.why}`;
    if (onFailure === 'Retry') {
      const failures = tries.failures + 1;
      const pause = backOffDelay(failures, backOff);
      remember(key, { ...tries, failures, until: tries.until + pause, why });
      return retry(verdict.work, why, pause);
    }
    const came = onFailure === undefined ? verdict.consequence : consequences[onFailure];
    tried.delete(key);
    if (stage.noted && goes.has(came)) remember(key, { ...tries, why, came });
    return fail(verdict.work, why, came);
  };

  /**
   * Runs the stage if it is the container's turn, else says after how long to ask again. One that is inside already, because its
   * answer is still to come, or has come by now, just goes on.
   */
  const inTurn = async (work: Work, context: StageContext): Promise<StageVerdict<Work> | Duration> => {
    if (!pace) return stage.run(work, context);
    const uid = work.pod?.metadata.uid ?? '';
    const held = entered.delete(uid);
    const seat = held ? undefined : await pace.enter(() => context.clock.now(), context.wake);
    if (typeof seat === 'number') return seat;
    let ended: Promise<void> | undefined;
    const hold = (until: Promise<void>) => {
      ended = until;
      entered.add(uid);
      if (entered.size > remembered) for (const oldest of entered) return void entered.delete(oldest);
    };
    try {
      return await stage.run(work, { ...context, hold });
    } finally {
      seat?.leave(ended);
    }
  };

  const judge = (
    verdict: StageVerdict<Work>,
    key: string,
    tries: Tries,
    now: Instant,
    dueAt: Instant,
  ): StageVerdict<Work> => {
    const known = { ...tries, until: now };
    switch (verdict.verdict) {
      case 'pass':
      case 'finish':
        tried.delete(key);
        return verdict;
      case 'retry': {
        const late = fail(verdict.work, `not done within ${timeout}: ${verdict.why}`, stage.late ?? 'replace');
        if (now >= dueAt && late.verdict === 'fail') return final(late, key, known);
        // who is asked from outside says when to be asked again, whatever wakes the reconcile before that
        const pause = stage.noted ? (verdict.after ?? 0) : 0;
        if (pause > 0 || (dueAt !== Infinity && !tried.has(key)))
          remember(key, { ...known, until: now + pause, why: verdict.why });
        if (dueAt === Infinity) return verdict;
        return retry(verdict.work, verdict.why, Math.min(verdict.after ?? Infinity, dueAt - now));
      }
      case 'fail': {
        // it was never ours: nothing has failed
        if (verdict.consequence === 'another') return verdict;
        const failures = tries.failures + 1;
        if (failures > (retries?.count ?? 0) || now >= dueAt) return final(verdict, key, known);
        const pause = Math.min(backOffDelay(failures, backOff), dueAt - now);
        remember(key, { ...known, failures, until: now + pause, why: verdict.why });
        return retry(verdict.work, `${verdict.why} (try ${failures} of ${(retries?.count ?? 0) + 1})`, pause);
      }
    }
  };

  return {
    ...stage,
    async run(work, context: StageContext) {
      if (!stage.noted && stage.isDone?.(work)) return stage.run(work, context);
      const { clock } = context;
      const key = work.pod?.metadata.uid ?? '';
      const tries: Tries = tried.get(key) ?? { failures: 0, first: clock.now(), until: -Infinity, why: '' };
      if (tries.came) return fail(work, tries.why, tries.came);
      if (clock.now() < tries.until) return retry(work, tries.why, tries.until - clock.now());
      const verdict = await inTurn(work, { ...context, attempt: tries.failures });
      // who waits for the others is not late
      if (typeof verdict === 'number') return retry(work, `it waits for its turn in stage ${stage.name}`, verdict);
      if (key === '') return verdict;
      const from = stage.since ? stage.since(verdict.work, context) : since(verdict.work);
      return judge(verdict, key, tries, clock.now(), (from ?? tries.first) + patience);
    },
  };
}
