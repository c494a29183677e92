import type { Clock } from '../support/clock.js';
import type { Duration } from '../support/time.js';
import type { LineMetrics } from './metrics.js';
import { pass, type Stage, type StageContext, type Verdict } from './stage.js';

export interface LineSettings {
  /** How many containers of one batch are worked on at once: a large batch leaves room for small ones beside it. */
  readonly concurrency: number;
  /**
   * Before each container this line waits until the other one has nothing under way, but no longer than `atMost`: refill
   * lets deliveries go first, and a steady stream of deliveries slows it down without stopping it.
   */
  readonly yieldsTo?: { readonly line: Pick<Line<never>, 'idle'>; readonly atMost: Duration };
}

/** A chain of stages: produce, deliver or reclaim. It owns what all stages share: order, concurrency, measurement. */
export class Line<Work> {
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly stages: readonly Stage<Work>[],
    private readonly settings: LineSettings,
    private readonly metrics: LineMetrics,
  ) {}

  /** Takes one container through the stages, up to the first that does not pass it. */
  run(work: Work, context: StageContext): Promise<Verdict<Work>> {
    return this.during(() => this.#stages(work, context));
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

  async #stages(work: Work, context: StageContext): Promise<Verdict<Work>> {
    let verdict: Verdict<Work> = pass(work);
    for (const stage of this.stages) {
      const start = context.clock.now();
      verdict = await stage.run(verdict.work, context);
      this.metrics.observe(stage.name, verdict.verdict, context.clock.now() - start);
      if (verdict.verdict !== 'pass') break;
    }
    return verdict;
  }

  /**
   * Takes a batch through, `concurrency` containers at a time, and returns the verdicts in the batch's order. When a
   * container throws, or the context's signal is aborted, no further one is begun; those under way are waited for.
   */
  async runAll(batch: readonly Work[], context: StageContext): Promise<readonly Verdict<Work>[]> {
    const { concurrency, yieldsTo } = this.settings;
    const verdicts: Verdict<Work>[] = [];
    let next = 0;
    let failed: { readonly error: unknown } | undefined;
    const worker = async () => {
      while (next < batch.length && !failed) {
        const index = next++;
        try {
          await yieldsTo?.line.idle(context.clock, yieldsTo.atMost);
          context.signal.throwIfAborted();
          verdicts[index] = await this.run(batch[index] as Work, context);
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
