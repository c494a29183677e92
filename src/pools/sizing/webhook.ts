import { z } from 'zod';
import { type Autoscale, type ContainerPool, largestCount } from '../../api/container-pool.js';
import { callTimeoutOf } from '../../api/fields.js';
import { nameOf } from '../../api/meta/resource.js';
import type { BackgroundCalls, Context, HttpClient } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import { type Duration, type Instant, minute, second, timestamp } from '../../support/time.js';
import { type DemandHistory, slot, slotOf } from './history.js';
import type { Told } from './size.js';

export type Webhook = NonNullable<Autoscale['webhook']>;

/** It is asked so often. */
const pause: Duration = minute;
/** So much demand is told: the last hour. */
const slotsTold = 120;
/** Bytes of an answer. */
const longestAnswer = 65_536;
/** Characters of the reason that are told on. */
const longestReason = 512;

const answer = z.object({ stock: z.int().min(0).max(largestCount), message: z.string().optional() });

export interface Asked {
  readonly told: Told | 'not yet';
  /** Why the last answer is of no use, in a sentence. */
  readonly trouble: string | undefined;
  /** When to look again. */
  readonly wakeAt: Instant;
}

/** What a call came to. */
interface Answer {
  readonly told?: Told;
  readonly trouble?: string;
}

export interface Question {
  readonly pool: ContainerPool;
  readonly autoscale: Autoscale;
  readonly history: DemandHistory;
  readonly lead: Duration;
  readonly ready: number;
}

/**
 * A pool's webhook: asked in the background, at most once a minute and never twice at a time, so that no refill waits for a program of
 * somebody. An answer that cannot be used leaves the last one in force.
 */
export class WebhookDesk {
  #told: Told | 'not yet' = 'not yet';
  #trouble: string | undefined;
  #askedAt: Instant = -Infinity;
  #asking = false;
  #url: string | undefined;

  constructor(
    private readonly http: HttpClient,
    private readonly clock: Clock,
    private readonly calls: BackgroundCalls,
  ) {}

  look(webhook: Webhook, question: Question, context: Pick<Context, 'signal' | 'wake'>): Asked {
    const { url } = webhook;
    const { namespace = '', uid } = question.pool.metadata;
    if (this.#url !== url) {
      // another program may have another opinion: it is asked at once
      this.calls.abandon(uid);
      this.#url = url;
      this.#asking = false;
      this.#askedAt = -Infinity;
    }
    const now = this.clock.now();
    if (this.#asking || now >= this.#askedAt + pause) {
      if (!this.#asking) this.#askedAt = now;
      const key = { namespace, subject: uid, purpose: `sizing/${url}` };
      const asked = this.calls.ask(key, (signal) => this.#ask(webhook, question, signal), context);
      this.#asking = !asked.over;
      if (asked.over) this.#trouble = asked.value.trouble;
      if (asked.over && asked.value.told) this.#told = asked.value.told;
    }
    return { told: this.#told, trouble: this.#trouble, wakeAt: this.#askedAt + pause };
  }

  async #ask({ url, timeout, caBundle }: Webhook, question: Question, signal: AbortSignal): Promise<Answer> {
    try {
      const { code, body } = await this.http.send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(questionOf(question, this.clock.now())),
        timeout: callTimeoutOf(timeout),
        limit: longestAnswer,
        signal,
        ca: caBundle,
      });
      if (code !== 200) throw new Error(`it answered with HTTP ${code}, not 200`);
      return { told: readAnswer(body) };
    } catch (error) {
      return { trouble: `the webhook ${url} is of no use, so the stock stays as it was: ${messageOf(error)}` };
    }
  }
}

/** What is posted. Times in seconds; demand is that of the last hour, the oldest first. */
function questionOf({ pool, autoscale, history, lead, ready }: Question, now: Instant): object {
  const { hitRate, min, max } = autoscale;
  const end = slotOf(now) + 1;
  return {
    pool: nameOf(pool),
    now: timestamp(now),
    stock: { size: pool.status?.sizing?.stock ?? pool.spec.replicas, ready, min, max },
    leadTimeSeconds: lead / second,
    hitRate,
    demand: { slotSeconds: slot / second, counts: [...history.slots(end - slotsTold, end)] },
  };
}

function readAnswer(body: string): Told {
  const words = `it must answer with JSON such as {"stock": 12, "message": "why"}, stock from 0 to ${largestCount}`;
  const parsed = answer.safeParse(parse(body, words));
  if (!parsed.success) throw new Error(words);
  const { stock, message } = parsed.data;
  return { stock, ...(message === undefined ? {} : { message: message.slice(0, longestReason) }) };
}

function parse(body: string, words: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Error(words, { cause: error });
  }
}
