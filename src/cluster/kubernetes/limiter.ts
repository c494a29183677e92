import { onAbort } from '../../support/on-abort.js';
import type { Flow } from '../cluster.js';
import { TooManyRequests } from '../errors.js';

/** How much of the server this client takes at once. Watches are not counted: they wait, they do not work. */
export interface Limits {
  /** Calls in flight, all flows together. */
  readonly inFlight: number;
  /** Of these at most so many of refill: what makes stock must leave room for what delivers it. */
  readonly refillInFlight: number;
  /** Calls that may wait for their turn, per flow; one more is refused at once. */
  readonly waiting: number;
}

export const defaultLimits: Limits = { inFlight: 64, refillInFlight: 8, waiting: 20_000 };

const flows: readonly Flow[] = ['delivery', 'control', 'refill'];

/**
 * Whose turn it is: deliveries first, then control, then refill within its share; undefined when nobody may start.
 * A waiting delivery means that all places are taken, so refill gets the places that deliveries leave, never the reverse.
 */
export function nextFlow(
  inFlight: Readonly<Record<Flow, number>>,
  waiting: Readonly<Record<Flow, number>>,
  limits: Limits,
): Flow | undefined {
  if (inFlight.delivery + inFlight.control + inFlight.refill >= limits.inFlight) return undefined;
  return flows.find((flow) => waiting[flow] > 0 && (flow !== 'refill' || inFlight.refill < limits.refillInFlight));
}

type Start = () => void;

/** First in, first out; one that gave up leaves a hole, so that nothing has to be searched. */
class Lane {
  #starts: (Start | undefined)[] = [];
  #head = 0;
  size = 0;

  push(start: Start): { leave(): void } {
    const line = this.#starts;
    const place = line.push(start) - 1;
    this.size++;
    return {
      leave: () => {
        // the line may have been compacted since: then the place has moved, and only the closure still knows the entry
        const at = line[place] === start ? place : line.indexOf(start);
        if (at < 0) return;
        line[at] = undefined;
        this.size--;
      },
    };
  }

  shift(): Start | undefined {
    while (this.#head < this.#starts.length) {
      const start = this.#starts[this.#head];
      this.#starts[this.#head++] = undefined;
      if (this.#head > 1024 && this.#head * 2 > this.#starts.length) {
        this.#starts.splice(0, this.#head);
        this.#head = 0;
      }
      if (!start) continue;
      this.size--;
      return start;
    }
    return undefined;
  }
}

/** Lets calls through as `nextFlow` says. */
export class Limiter {
  readonly #inFlight: Record<Flow, number> = { delivery: 0, control: 0, refill: 0 };
  readonly #lanes: Readonly<Record<Flow, Lane>> = { delivery: new Lane(), control: new Lane(), refill: new Lane() };

  constructor(private readonly limits: Limits) {}

  /** Resolves when it is this call's turn; every turn must be given back with `leave`. Throws the signal's reason, TooManyRequests. */
  async enter(flow: Flow, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const lane = this.#lanes[flow];
    if (lane.size >= this.limits.waiting)
      throw new TooManyRequests(`more than ${this.limits.waiting} calls (${flow}) wait for the API server already`);
    if (nextFlow(this.#inFlight, this.#waiting(flow), this.limits) === flow) {
      this.#inFlight[flow]++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const place = lane.push(() => {
        abort?.[Symbol.dispose]();
        resolve();
      });
      const abort =
        signal &&
        onAbort(signal, () => {
          place.leave();
          reject(signal.reason);
        });
    });
  }

  leave(flow: Flow): void {
    this.#inFlight[flow]--;
    for (;;) {
      const next = nextFlow(this.#inFlight, this.#waiting(), this.limits);
      if (next === undefined) return;
      const start = this.#lanes[next].shift();
      if (!start) return;
      this.#inFlight[next]++;
      start();
    }
  }

  /** Those who wait, with one more of `added`. */
  #waiting(added?: Flow): Record<Flow, number> {
    const { delivery, control, refill } = this.#lanes;
    const waiting = { delivery: delivery.size, control: control.size, refill: refill.size };
    if (added) waiting[added]++;
    return waiting;
  }
}
