import { Lease, Pod } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { CallOptions, Cluster, WatchEvent, WatchQuery } from '../../src/cluster/cluster.js';
import {
  Conflict,
  Expired,
  Forbidden,
  InternalError,
  Invalid,
  ServiceUnavailable,
  Timeout,
  TooManyRequests,
  Unreachable,
} from '../../src/cluster/errors.js';
import type { Clock } from '../../src/support/clock.js';
import type { Random } from '../../src/support/random.js';
import { type Duration, second } from '../../src/support/time.js';
import { laggingWatch } from './lagging-watch.js';
import type { Weather } from './weather.js';

/** The server hears of a write that its caller has given up after at most so long. */
const latest: Duration = 12 * second;
/** How long a caller waits for an answer that does not come. */
const patience: Duration = 2 * second;

export interface CrashPoint {
  /** At which write of the process, from 1. */
  readonly write: number;
  readonly moment: 'before' | 'after';
}

export interface FaultyClusterParts {
  readonly cluster: Cluster;
  /** The clock of the process that calls. */
  readonly clock: Clock;
  readonly weather: Weather;
  readonly random: Random;
  readonly crashAt?: CrashPoint;
  readonly onCrash: () => void;
}

type Fate = 'well' | 'refused' | 'lost' | 'late';

/** One process' connection to a cluster, with all that can go wrong on the way there and back. */
export class FaultyCluster implements Cluster {
  readonly #parts: FaultyClusterParts;
  readonly #denials: Random;
  #writes = 0;
  #dead = false;

  constructor(parts: FaultyClusterParts) {
    this.#parts = parts;
    this.#denials = parts.random.split('denials');
  }

  /** The process is gone: nothing that it called comes back, nothing that it calls is heard. */
  die(): void {
    this.#dead = true;
  }

  readonly get: Cluster['get'] = (kind, ref, options) =>
    this.#read(options, () => this.#parts.cluster.get(kind, ref, sent(options)));

  readonly list: Cluster['list'] = (kind, query, options) =>
    this.#read(options, () => this.#parts.cluster.list(kind, query, sent(options)));

  readonly create: Cluster['create'] = (kind, object, options) =>
    this.#write(kind, options, async () => {
      const { weather } = this.#parts;
      if (kind.name === Pod.name && weather.mix.denied > 0 && this.#denials.uniform() < weather.mix.denied)
        throw new Forbidden('pods is forbidden: exceeded quota');
      return this.#parts.cluster.create(kind, object, sent(options));
    });

  readonly replace: Cluster['replace'] = (kind, object, options) =>
    this.#write(kind, options, () => this.#parts.cluster.replace(kind, object, sent(options)));

  readonly patch: Cluster['patch'] = (kind, ref, patch, options) =>
    this.#write(kind, options, async () => {
      this.#check(kind, 'patch', ref.name);
      return this.#parts.cluster.patch(kind, ref, patch, sent(options));
    });

  readonly remove: Cluster['remove'] = (kind, ref, options) =>
    this.#write(kind, options, async () => {
      this.#check(kind, 'remove', ref.name);
      return this.#parts.cluster.remove(kind, ref, sent(options));
    });

  watch<T extends Resource>(kind: Kind<T>, query: WatchQuery, options: CallOptions = {}): AsyncIterable<WatchEvent<T>> {
    const { cluster, clock, weather, random } = this.#parts;
    const opened = random.uniform();
    if (opened < weather.mix.refused) return failing(this.#refusal('read'));
    if (weather.mix.compaction < Infinity && random.uniform() < 0.05) return failing(new Expired('too old'));
    const life = random.exponential(1) * weather.mix.watchLife;
    const lag = () => random.uniform() * weather.mix.lag;
    return laggingWatch(cluster, kind, query, options, {
      clock,
      lag,
      life,
      isDead: () => this.#dead,
      expose: (cut) => weather.expose(cut),
    });
  }

  /** As a ValidatingAdmissionPolicy, or a webhook that is down, says it. */
  #check(kind: Kind<Resource>, verb: 'remove' | 'patch', name: string): void {
    if (kind.name !== Pod.name || !this.#parts.weather.denies(verb, name)) return;
    if (name.charCodeAt(name.length - 1) % 2 === 0)
      throw new InternalError('Internal error occurred: failed calling webhook "a.test": connection refused');
    throw new Invalid(`pods "${name}" is forbidden: ValidatingAdmissionPolicy 'keep' denied request: it is protected`);
  }

  async #read<R>(options: CallOptions | undefined, act: () => Promise<R>): Promise<R> {
    const { weather, random } = this.#parts;
    const refused = random.uniform() < weather.mix.refused;
    await this.#travel(options);
    if (refused) throw this.#refusal('read');
    const answer = await act();
    await this.#travel(options);
    return answer;
  }

  async #write<R>(kind: Kind<Resource>, options: CallOptions | undefined, act: () => Promise<R>): Promise<R> {
    const { clock, weather, random, crashAt } = this.#parts;
    const fate = this.#fate();
    const delay = random.uniform() * latest;
    await this.#travel(options);
    // the lease's own writes are no crash points: they would use up all others
    const number = kind.plural === Lease.plural ? 0 : ++this.#writes;
    if (number === crashAt?.write && crashAt.moment === 'before') return this.#crash();
    if (fate === 'refused') throw this.#refusal('write');
    if (fate === 'late') {
      weather.clock.at(weather.clock.now() + delay, () => void act().catch(() => undefined));
      await this.#mind(clock.sleep(patience, options?.signal));
      throw new Timeout('the request did not complete within the allotted timeout');
    }
    const answer = await act();
    if (number === crashAt?.write) return this.#crash();
    await this.#travel(options);
    if (fate === 'lost') {
      await this.#mind(clock.sleep(random.uniform() * patience, options?.signal));
      throw random.pick([
        () => new Unreachable('the connection was reset by the peer'),
        () => new Timeout('the request did not complete within the allotted timeout'),
        () => new InternalError('etcdserver: request timed out, possibly due to previous leader failure'),
      ])();
    }
    return answer;
  }

  #fate(): Fate {
    const { weather, random } = this.#parts;
    const { refused, lost, late } = weather.mix;
    const draw = random.uniform();
    if (draw < refused) return 'refused';
    if (draw < refused + lost) return 'lost';
    return draw < refused + lost + late ? 'late' : 'well';
  }

  #refusal(of: 'read' | 'write'): Error {
    const { random } = this.#parts;
    const faults = [
      () => new Unreachable('connect ECONNREFUSED'),
      () => new Timeout('the request did not complete within the allotted timeout'),
      () => new InternalError('an error on the server has prevented the request from succeeding'),
      () => new ServiceUnavailable('the server is currently unable to handle the request'),
      () => new TooManyRequests('too many requests, please try again later', { retryAfter: second }),
      ...(of === 'write' ? [() => new Conflict('the object has been modified; please apply your changes again')] : []),
    ];
    return random.pick(faults)();
  }

  async #travel(options: CallOptions | undefined): Promise<void> {
    const { clock, weather, random } = this.#parts;
    const time = random.exponential(1) * (weather.mix.latency / 2);
    await this.#mind(clock.sleep(time, options?.signal));
  }

  /** What a process awaits never comes back to it once it is dead. */
  async #mind(wait: Promise<void>): Promise<void> {
    try {
      await wait;
    } finally {
      if (this.#dead) await never();
    }
  }

  #crash(): Promise<never> {
    this.#parts.onCrash();
    return never();
  }
}

/** What has been sent cannot be called back: the caller's signal ends its waiting, not the server's work. */
function sent<Options extends CallOptions>(options: Options | undefined): Omit<Options, 'signal'> {
  const { signal: _, ...rest } = options ?? ({} as Options);
  return rest;
}

const never = (): Promise<never> => new Promise(() => {});

function failing<T>(error: Error): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}
