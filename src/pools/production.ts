import type { ContainerPool, TemplatedPool } from '../api/container-pool.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import {
  type CompiledLine,
  type Line,
  type Lines,
  type ProduceWork,
  type QuarantineWork,
  type ReclaimWork,
  type Refusal,
  refusalsIn,
  type StageContext,
  type Verdict,
} from '../line/index.js';
import { backOffDelay } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { type Duration, type Instant, minute, second } from '../support/time.js';
import { roomFor } from './plan-quarantined.js';
import type { StockPlan } from './plan-stock.js';
import type { Trouble } from './status.js';

/** After the server refused a container (a quota, an invalid template), the next try comes after so long. */
const refusalPause: Duration = 10 * second;
/** After a container failed in a stage; it doubles while the next ones fail too. */
const failurePause = { base: 10 * second, max: 5 * minute };

interface BackOff {
  readonly trouble: Trouble;
  /** The version of pool and line that was refused: a changed one is tried at once. */
  readonly version: string;
  readonly until: Instant;
  /** How often in a row containers have failed in a stage; 0: it was the server that refused. */
  readonly failures: number;
}

export interface PoolLines {
  readonly produce: Line<ProduceWork>;
  readonly reclaim: Line<ReclaimWork>;
  readonly quarantine: Line<QuarantineWork>;
  /** By which stages. */
  readonly book: Lines;
}

export interface Produced {
  readonly trouble: Trouble | undefined;
  /** Of the containers that were made, and of those of them that had to go. */
  readonly verdicts: readonly Verdict<unknown>[];
  /** How many were put aside. */
  readonly aside: number;
  /** Containers that it could not take further, or not do away with. */
  readonly refusals: readonly Refusal[];
}

/** Has containers made by the pool's line, and remembers what stood in the way. */
export class Production {
  /** What the server refused to this process: each delivery makes a pool look at its stock, and need not ask in vain. */
  readonly #refused = new Map<Key, BackOff>();

  constructor(
    private readonly lines: PoolLines,
    private readonly clock: Clock,
  ) {}

  /** Makes what the plan asks for, and takes what is being made further. */
  async produce(
    pool: TemplatedPool,
    line: CompiledLine,
    plan: StockPlan,
    present: number,
    context: StageContext,
  ): Promise<Produced> {
    const key = keyOf(nameOf(pool));
    const version = `${pool.metadata.generation}/${line.version}`;
    const refused = this.#refused.get(key)?.version === version ? this.#refused.get(key) : undefined;
    const waits = refused !== undefined && this.clock.now() < refused.until;
    if (!waits && !refused?.failures) this.#refused.delete(key);
    const create = waits ? 0 : refused?.failures ? probes(plan) : plan.create;
    if (create === 0 && plan.produce.length === 0)
      return { trouble: troubleOf(refused, plan), verdicts: [], aside: 0, refusals: [] };
    const works = [
      ...plan.produce.map((pod): ProduceWork => ({ pool, pod })),
      ...Array.from({ length: create }, (): ProduceWork => ({ pool })),
    ];
    const verdicts = await this.lines.produce.runAll(works, context, {
      chainOf: ({ pod }) => (pod && this.lines.book.producing(pod)) ?? line.produce,
    });
    const { aside, leaving, trouble, refusals } = await this.#dealWith(pool, line, verdicts, present, context);
    const refusal = refusalsIn(verdicts.filter(({ work }) => !work.pod))[0];
    if (trouble) {
      // those that were begun together fail one after the other, and one that failed may need several looks to go
      const again = waits && refused.failures > 0 ? refused : undefined;
      const failures = again?.failures ?? (refused?.failures ?? 0) + 1;
      const until = again?.until ?? this.clock.now() + backOffDelay(failures, failurePause);
      this.#refused.set(key, { trouble, version, until, failures });
    } else if (refusal) {
      const { message } = refusal;
      context.events.record(pool, 'Warning', 'CreateRefused', message);
      const until = this.clock.now() + refusalPause;
      this.#refused.set(key, { trouble: { reason: 'CreateRefused', message }, version, until, failures: 0 });
    } else if (plan.produce.length > 0 && verdicts.some(({ verdict }) => verdict === 'pass')) this.#refused.delete(key);
    return {
      trouble: trouble ?? troubleOf(this.#refused.get(key), plan),
      verdicts: [...verdicts, ...leaving],
      aside,
      refusals: [...refusalsIn(verdicts.filter(({ work }) => work.pod)), ...refusals],
    };
  }

  /** Containers that failed in a stage go, or are put aside. */
  async #dealWith(
    pool: ContainerPool,
    line: CompiledLine,
    verdicts: readonly Verdict<ProduceWork>[],
    present: number,
    context: StageContext,
  ): Promise<
    Pick<Produced, 'aside' | 'refusals'> & { readonly leaving: readonly Verdict<unknown>[]; readonly trouble?: Trouble }
  > {
    const failures = verdicts.flatMap((one) => (one.verdict === 'fail' ? [one] : []));
    const [first] = failures;
    if (!first) return { aside: 0, leaving: [], refusals: [] };
    const spoilt = failures.flatMap(({ work: { pod }, why, consequence }) => (pod ? [{ pod, why, consequence }] : []));
    const suspicious = spoilt.filter(({ consequence }) => consequence === 'quarantine');
    const { aside, away } = roomFor(suspicious, present, line.quarantine);
    const kept = await this.lines.quarantine.runAll(
      aside.map(({ pod, why }) => ({ pod, pool, why })),
      context,
    );
    const others = spoilt.filter(({ consequence }) => consequence !== 'quarantine');
    const leaving = await this.lines.reclaim.runAll([...others, ...away], context, {
      chainOf: (work) => this.lines.book.reclaiming(pool, work),
    });
    const message = `${failures.length === 1 ? 'a container' : `${failures.length} containers`} failed on the way into stock: ${first.why}`;
    context.events.record(pool, 'Warning', 'StageFailed', message);
    return {
      aside: aside.length,
      leaving,
      trouble: { reason: 'StageFailed', message },
      refusals: refusalsIn([...kept, ...leaving]),
    };
  }

  /** When to look whether what is in the way still is. A time that is past says nothing: what was refused then was another thing. */
  retryAt(key: Key): Instant {
    const now = this.clock.now();
    const until = this.#refused.get(key)?.until;
    return until !== undefined && until > now ? until : now + refusalPause;
  }

  /** The pool is gone. */
  forget(pool: Key): void {
    this.#refused.delete(pool);
  }
}

/** While containers fail in a stage, one at a time is tried. */
const probes = ({ create, counts }: StockPlan): number => (counts.starting > 0 ? 0 : Math.min(1, create));

/** What still stands in the way: of a full stock, nothing. */
const troubleOf = (refused: BackOff | undefined, { create, produce }: StockPlan): Trouble | undefined =>
  refused && (create > 0 || produce.length > 0 || refused.failures > 0) ? refused.trouble : undefined;
