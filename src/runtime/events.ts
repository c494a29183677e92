import { Event } from '../api/kubernetes.js';
import type { Draft, Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { ApiError, NotFound } from '../cluster/errors.js';
import { mergePatch } from '../cluster/patch.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import { type Duration, microTimestamp, second } from '../support/time.js';
import { EventSeries, type EventType, type Series } from './event-series.js';
import type { EventRecorder } from './reconciler.js';

/** The API's limits, in bytes. */
const longestNote = 1024;
const longestReason = 128;
/** So many Events may wait to be written; more are dropped. */
const waitingLimit = 10_000;
/** Repeats are collected for so long before the count is written. */
const collect: Duration = 5 * second;
const attempts = 3;

export interface EventWriterOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Who reports, such as `penstock.dev/operator`. */
  readonly controller: string;
  /** Which replica of it. */
  readonly instance: string;
  /** How many are written at once. Default 1: they are the least of what the server has to do. */
  readonly atOnce?: number;
  /** After this nothing is written any more. */
  readonly signal: AbortSignal;
}

/** Writes Events in the background: best effort, at a bounded rate, and never an error for whoever reports. */
export class EventWriter implements EventRecorder {
  readonly #options: EventWriterOptions;
  readonly #series = new EventSeries();
  readonly #waiting = new Set<Series>();
  readonly #collecting = new Set<Series>();
  readonly #underWay = new Set<Series>();
  readonly #writers = new Set<Promise<void>>();

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  record(regarding: Resource, type: EventType, reason: string, note: string): void {
    const { clock, signal } = this.#options;
    if (signal.aborted) return;
    const report = { regarding, type, reason: cut(reason, longestReason), note: cut(note, longestNote) };
    const series = this.#series.add(report, clock.now());
    if (series.count === 1) this.#enqueue(series);
    else this.#collect(series);
  }

  /** Resolves when everything that was reported is written or given up. */
  async flush(): Promise<void> {
    for (const series of this.#collecting) this.#enqueue(series);
    this.#collecting.clear();
    while (this.#writers.size > 0) await Promise.all(this.#writers);
  }

  #collect(series: Series): void {
    const { clock } = this.#options;
    if (this.#collecting.has(series) || this.#collecting.size >= waitingLimit) return;
    this.#collecting.add(series);
    clock.at(clock.now() + collect, () => {
      if (this.#collecting.delete(series)) this.#enqueue(series);
    });
  }

  #enqueue(series: Series): void {
    // its Event is not known yet: the next one would begin a second
    if (this.#underWay.has(series)) return this.#collect(series);
    if (this.#waiting.size >= waitingLimit) return;
    this.#waiting.add(series);
    if (this.#writers.size >= (this.#options.atOnce ?? 1)) return;
    const writer: Promise<void> = this.#writeInTurn(() => this.#writers.delete(writer));
    this.#writers.add(writer);
  }

  /** Writes what waits until nothing does, and says so before it lets go of its turn. */
  async #writeInTurn(ended: () => void): Promise<void> {
    const { clock, signal } = this.#options;
    // a turn of its own: whoever reports goes on first
    await Promise.resolve();
    for (const series of this.#waiting) {
      if (signal.aborted) break;
      this.#waiting.delete(series);
      if (!this.#series.allow(series.regarding, clock.now())) continue;
      this.#underWay.add(series);
      await this.#writePatiently(series);
      this.#underWay.delete(series);
    }
    if (signal.aborted) this.#waiting.clear();
    ended();
  }

  async #writePatiently(series: Series): Promise<void> {
    const { clock, signal, logger } = this.#options;
    for (let attempt = 1; attempt <= attempts && !signal.aborted; attempt++) {
      try {
        return await this.#write(series);
      } catch (error) {
        const refused = error instanceof ApiError && error.outcome === 'refused' && error.retryAfter === undefined;
        logger.debug({ error: messageOf(error), reason: series.reason, attempt }, 'could not write an Event');
        if (refused) return;
        await clock.sleep(attempt * second, signal).catch(() => undefined);
      }
    }
  }

  async #write(series: Series): Promise<void> {
    const { cluster, signal } = this.#options;
    const { event, count } = series;
    if (event && count > 1) {
      const body = { series: { count, lastObservedTime: microTimestamp(series.last) } };
      try {
        await cluster.patch(Event, event, mergePatch(body), { flow: 'control', signal });
        return;
      } catch (error) {
        // the server drops old Events: begin a new one
        if (!(error instanceof NotFound)) throw error;
      }
    }
    const draft = this.#draft(series);
    const created = await cluster.create(Event, draft, { flow: 'control', signal });
    series.event = { namespace: created.metadata.namespace ?? 'default', name: created.metadata.name };
  }

  #draft({ regarding, type, reason, note, first, last, count }: Series): Draft<Event> {
    const { controller, instance, random } = this.#options;
    const { namespace, name, uid, resourceVersion } = regarding.metadata;
    const { apiVersion, kind } = regarding;
    return {
      // Events of what has no namespace live in `default`
      metadata: { namespace: namespace ?? 'default', name: `${stem(name)}.${random.suffix(16)}` },
      eventTime: microTimestamp(first),
      ...(count > 1 && { series: { count, lastObservedTime: microTimestamp(last) } }),
      reportingController: controller,
      reportingInstance: instance,
      action: reason,
      reason,
      regarding: { apiVersion, kind, name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) },
      note,
      type,
    };
  }
}

/** As much of the object's name as leaves room for a suffix. */
function stem(name: string): string {
  return name.slice(0, 230).replace(/(?<![-.])[-.]+$/, '');
}

function cut(text: string, longest: number): string {
  if (Buffer.byteLength(text) <= longest) return text;
  // room for the ellipsis, and for the sign that stands for a character cut in two
  return `${Buffer.from(text)
    .subarray(0, longest - 6)
    .toString()}…`;
}
