import { setMaxListeners } from 'node:events';
import { Lease } from '../api/kubernetes.js';
import type { Cluster } from '../cluster/cluster.js';
import { AlreadyExists, Conflict, NotFound } from '../cluster/errors.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import { type Duration, type Instant, second } from '../support/time.js';
import { decide, freeSpec, heldSpec, type Observed, observe } from './lease-record.js';
import { afterAnswers, within } from './within.js';

export interface ElectionOptions {
  /** Where the Lease is. */
  readonly namespace: string;
  readonly name: string;
  /** Of this replica: no two may share one. */
  readonly identity: string;
  /** For how long a lease that is not renewed holds off others; whole seconds. Default 4 s. */
  readonly leaseDuration?: Duration;
  /** For how long a leader believes in itself without a renewal; less than `leaseDuration`. Default 3 s. */
  readonly renewDeadline?: Duration;
  /** How often it is tried to take or renew. Default 500 ms. */
  readonly retryPeriod?: Duration;
}

/** One term as leader. */
export interface Leadership {
  /** The lease's `leaseTransitions`: greater than that of every leader before. */
  readonly term: number;
  /** Aborted when the term is over: lost, released or ended. */
  readonly signal: AbortSignal;
  /** Gives the lease back, so that the next one takes over at once. Never throws. */
  release(): Promise<void>;
}

interface Parts {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly election: ElectionOptions;
}

/**
 * A candidate for a Lease, by the algorithm of client-go's `leaderelection`: compare-and-swap on the record, time
 * measured by each candidate's own clock from when it saw the record change. It elects, it does not fence: a leader
 * that is paused may still be writing when the next one has begun.
 */
export class LeaderElection {
  readonly #parts: Parts;
  readonly #options: Required<ElectionOptions>;
  readonly #log: Logger;
  #lease: Lease | undefined;
  #observed: Observed | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { leaseDuration = 4 * second, renewDeadline = 3 * second, retryPeriod = 500, ...names } = parts.election;
    if (!(retryPeriod > 0 && retryPeriod < renewDeadline && renewDeadline < leaseDuration))
      throw new Error('an election needs retryPeriod < renewDeadline < leaseDuration');
    this.#options = { ...names, leaseDuration, renewDeadline, retryPeriod };
    this.#log = parts.logger.child({ lease: `${names.namespace}/${names.name}`, identity: names.identity });
  }

  /** Resolves when this candidate leads; with nothing when `signal` is aborted, which also ends the term. */
  async win(signal: AbortSignal): Promise<Leadership | undefined> {
    const { clock, random } = this.#parts;
    const { retryPeriod } = this.#options;
    while (!signal.aborted) {
      const start = clock.now();
      const term = await this.#try(undefined, signal);
      if (signal.aborted) return undefined;
      if (term !== undefined) return this.#lead(term, start, signal);
      const pause = retryPeriod * (1 + random.uniform() / 5);
      const decision = decide(this.#observed, this.#options.identity, clock.now());
      // looks again just when the lease runs out, not up to a period later
      const wait = decision.do === 'wait' ? Math.min(pause, decision.until - clock.now()) : pause;
      await clock.sleep(wait, signal).catch(() => undefined);
    }
    return undefined;
  }

  #lead(term: number, since: Instant, life: AbortSignal): Leadership {
    const reign = new AbortController();
    // every reconcile of the term listens to it
    setMaxListeners(0, reign.signal);
    const end = (reason: string) => reign.abort(new Error(reason));
    const onLifeEnd = () => reign.abort(life.reason);
    life.addEventListener('abort', onLifeEnd, { once: true });
    reign.signal.addEventListener('abort', () => life.removeEventListener('abort', onLifeEnd), { once: true });
    this.#log.info({ term }, 'leading');
    const renewing = this.#renew(term, since, reign);
    return {
      term,
      signal: reign.signal,
      release: async () => {
        if (reign.signal.aborted) return;
        end('the lease was given back');
        await renewing;
        await this.#giveBack(term, life);
      },
    };
  }

  /** Renews until the term ends. A renewal counts from when it was sent: others count from when they saw it, later. */
  async #renew(term: number, since: Instant, reign: AbortController): Promise<void> {
    const { clock } = this.#parts;
    const { renewDeadline, retryPeriod } = this.#options;
    const { signal } = reign;
    let renewed = since;
    const doom = (sent: Instant) =>
      clock.at(sent + renewDeadline, () =>
        afterAnswers(clock, () => {
          if (renewed > sent || signal.aborted) return;
          this.#log.warn({ term }, 'the lease could not be renewed in time: leading no more');
          reign.abort(new Error('the lease could not be renewed in time'));
        }),
      );
    let deadline = doom(since);
    signal.addEventListener('abort', () => deadline[Symbol.dispose](), { once: true });
    for (;;) {
      await clock.sleep(retryPeriod, signal).catch(() => undefined);
      if (signal.aborted) return;
      const sent = clock.now();
      const kept = await this.#try(term, signal);
      if (signal.aborted) return;
      if (kept === term) {
        deadline[Symbol.dispose]();
        renewed = sent;
        deadline = doom(sent);
      } else if (this.#observed && this.#observed.holder !== this.#options.identity) {
        this.#log.warn({ term, holder: this.#observed.holder }, 'somebody else holds the lease: leading no more');
        return reign.abort(new Error('somebody else holds the lease'));
      }
    }
  }

  /** Tries once to hold the lease: for the term given, else for a new one. Returns the term, nothing if it failed. */
  async #try(term: number | undefined, signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.#parts;
    // several attempts fit into the time that a leader has: one lost answer must not cost the term
    const limit = this.#options.renewDeadline / 3;
    try {
      return await within(clock, limit, signal, (inner) => this.#hold(term, inner));
    } catch (error) {
      if (error instanceof Conflict || error instanceof AlreadyExists) this.#log.debug('somebody else was faster');
      else if (!signal.aborted) this.#log.warn({ error: messageOf(error) }, 'could not reach the lease');
      return undefined;
    }
  }

  async #hold(term: number | undefined, signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.#parts;
    const { identity } = this.#options;
    if (term !== undefined && this.#lease) {
      const renewed = await this.#replace(this.#lease, term, signal).catch((error: unknown) => {
        if (error instanceof Conflict || error instanceof NotFound) return undefined;
        throw error;
      });
      if (renewed !== undefined) return renewed;
    }
    const lease = await this.#read(signal);
    if (decide(this.#observed, identity, clock.now()).do === 'wait') return undefined;
    // a term goes on only if the record says so: what another one held in between ends it
    const goesOn =
      term !== undefined && (!lease || (this.#observed?.holder === identity && this.#observed.term === term));
    if (term !== undefined && !goesOn) return undefined;
    const wanted = term ?? (this.#observed?.term ?? 0) + 1;
    return lease ? this.#replace(lease, wanted, signal) : this.#create(wanted, signal);
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { namespace, name } = this.#options;
    try {
      const lease = await this.#parts.cluster.get(Lease, { namespace, name }, { signal, flow: 'delivery' });
      signal.throwIfAborted();
      this.#see(lease);
      return lease;
    } catch (error) {
      // what was observed stays: its holder, if it is not us, may lead until the lease that was deleted would have run out
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  async #replace(lease: Lease, term: number, signal: AbortSignal): Promise<number> {
    const { cluster, clock } = this.#parts;
    const { identity, leaseDuration } = this.#options;
    const now = clock.now();
    const spec = { ...lease.spec, ...heldSpec(identity, term, leaseDuration, now, now) };
    const same = lease.spec?.holderIdentity === identity && lease.spec.leaseTransitions === term;
    const kept = same && lease.spec.acquireTime ? { acquireTime: lease.spec.acquireTime } : {};
    // with the deliveries: a leader that waits behind its own refill would lose its lease to it
    const answer = await cluster.replace(Lease, { ...lease, spec: { ...spec, ...kept } }, { signal, flow: 'delivery' });
    signal.throwIfAborted();
    this.#see(answer);
    return term;
  }

  async #create(term: number, signal: AbortSignal): Promise<number> {
    const { cluster, clock } = this.#parts;
    const { namespace, name, identity, leaseDuration } = this.#options;
    const now = clock.now();
    const spec = heldSpec(identity, term, leaseDuration, now, now);
    const lease = await cluster.create(Lease, { metadata: { namespace, name }, spec }, { signal, flow: 'delivery' });
    signal.throwIfAborted();
    this.#see(lease);
    return term;
  }

  #see(lease: Lease): void {
    if (lease.metadata.resourceVersion === this.#lease?.metadata.resourceVersion) return;
    this.#lease = lease;
    this.#observed = observe(lease, this.#parts.clock.now());
  }

  async #giveBack(term: number, life: AbortSignal): Promise<void> {
    const { cluster, clock } = this.#parts;
    const { identity, renewDeadline } = this.#options;
    const once = async (signal: AbortSignal) => {
      const lease = await this.#read(signal);
      // a later term, be it our own, is not ours to give back
      if (lease?.spec?.holderIdentity !== identity || lease.spec.leaseTransitions !== term) return;
      const spec = { ...lease.spec, ...freeSpec(term, clock.now()) };
      this.#see(await cluster.replace(Lease, { ...lease, spec }, { signal, flow: 'delivery' }));
      this.#log.info({ term }, 'the lease is given back');
    };
    try {
      await within(clock, renewDeadline / 3, life, (signal) =>
        // a renewal that was on its way may come in between, once
        once(signal).catch((error: unknown) => {
          if (error instanceof Conflict) return once(signal);
          throw error;
        }),
      );
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'could not give the lease back: it runs out by itself');
    }
  }
}
