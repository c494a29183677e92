import type { IncomingMessage } from 'node:http';
import { apiVersionOf, type Kind } from '../../api/meta/kind.js';
import { type Draft, nameOf, type Ref, type Resource } from '../../api/meta/resource.js';
import type { Clock } from '../../support/clock.js';
import type { Logger } from '../../support/log.js';
import { type Duration, second } from '../../support/time.js';
import type {
  CallOptions,
  Cluster,
  ListQuery,
  Page,
  ReadOptions,
  RemoveOptions,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from '../cluster.js';
import { ApiError, Unauthorized } from '../errors.js';
import type { Executor } from '../executor.js';
import type { Patch } from '../patch.js';
import { errorOfAnswer, isStatus, pageOf, parseBody, stillTerminating } from './answers.js';
import type { Credentials } from './credentials.js';
import { execute } from './execute.js';
import { defaultLimits, Limiter, type Limits } from './limiter.js';
import { collectionPath, listPath, namespaceFor, objectPath, watchPath, writePath } from './paths.js';
import { pauseBeforeRetry } from './retries.js';
import { Disconnected, type Exchange, Transport } from './transport.js';
import { isDistrust } from './trust.js';
import { eventsOf } from './watch-stream.js';

export interface KubernetesClusterOptions {
  /** The API server's URL; a path in it is put before every request's. */
  readonly server: string;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<Limits>;
  /** How long one try of a call may take. Default 30 s. */
  readonly requestTimeout?: Duration;
  /** How long one watch lasts before the server ends it, in whole seconds. Default 40: see watch-stream.ts. */
  readonly watchSeconds?: number;
  /** How long after that a watch which has not ended counts as dead. Default 10 s. */
  readonly watchGrace?: Duration;
  readonly userAgent?: string;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

const json = (value: object) => ({ type: 'application/json', text: JSON.stringify(value) });

type Call = Pick<Exchange, 'method' | 'path' | 'body'>;

/** A real API server as a Cluster. Make one with `connect`, or with plain credentials where no kubeconfig is wanted. */
export class KubernetesCluster implements Cluster {
  readonly #transport: Transport;
  readonly #limiter: Limiter;
  readonly #timeout: Duration;
  readonly #watchSeconds: number;
  readonly #watchLife: Duration;

  constructor(private readonly options: KubernetesClusterOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#limiter = new Limiter(limits);
    this.#timeout = options.requestTimeout ?? 30 * second;
    this.#watchSeconds = options.watchSeconds ?? 40;
    this.#watchLife = this.#watchSeconds * second + (options.watchGrace ?? 10 * second);
    this.#transport = new Transport({
      server: new URL(options.server),
      clock: options.clock,
      connections: limits.inFlight,
      userAgent: options.userAgent ?? 'penstock',
    });
  }

  async get<T extends Resource>(kind: Kind<T>, ref: Ref, options: ReadOptions = {}): Promise<T> {
    return this.#object<T>({ method: 'GET', path: objectPath(kind, ref, options.subresource) }, options);
  }

  async list<T extends Resource>(kind: Kind<T>, query: ListQuery = {}, options: CallOptions = {}): Promise<Page<T>> {
    return pageOf(kind, await this.#call({ method: 'GET', path: listPath(kind, query) }, options));
  }

  watch<T extends Resource>(
    kind: Kind<T>,
    query: WatchQuery,
    { signal }: CallOptions = {},
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const path = watchPath(kind, query, this.#watchSeconds);
    return eventsOf<T>(() => this.#openWatch(path, signal), this.#watchLife, this.options.clock, signal);
  }

  async create<T extends Resource>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}): Promise<T> {
    const { name, namespace } = object.metadata;
    const path =
      kind.below === undefined
        ? collectionPath(kind, namespaceFor(kind, namespace))
        : objectPath(kind, { name: name ?? '', ...(namespace === undefined ? {} : { namespace }) });
    const complete = { ...object, apiVersion: apiVersionOf(kind), kind: kind.name };
    const answer = await this.#value({ method: 'POST', path: writePath(path, options), body: json(complete) }, options);
    // what is posted below another object (Binding, Eviction) is answered with a Status: there is nothing to give back
    return (isStatus(answer) ? complete : answer) as T;
  }

  async replace<T extends Resource>(kind: Kind<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = writePath(objectPath(kind, nameOf(object), options.subresource), options);
    const complete = { ...object, apiVersion: apiVersionOf(kind), kind: kind.name };
    return this.#object<T>({ method: 'PUT', path, body: json(complete) }, options);
  }

  async patch<T extends Resource>(kind: Kind<T>, ref: Ref, patch: Patch, options: WriteOptions = {}): Promise<T> {
    const path = writePath(objectPath(kind, ref, options.subresource), options);
    const text = JSON.stringify(patch.type === 'json' ? patch.operations : patch.body);
    return this.#object<T>({ method: 'PATCH', path, body: { type: patchTypes[patch.type], text } }, options);
  }

  async remove<T extends Resource>(kind: Kind<T>, ref: Ref, options: RemoveOptions = {}): Promise<T | undefined> {
    const { gracePeriodSeconds, propagation, preconditions } = options;
    const body = json({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds,
      propagationPolicy: propagation ?? 'Background',
      preconditions,
    });
    const answer = await this.#value({ method: 'DELETE', path: objectPath(kind, ref), body }, options);
    if (isStatus(answer)) return undefined;
    return stillTerminating(answer as T) ? (answer as T) : undefined;
  }

  /** What the server tells that is no object of a kind, such as `/version`. Throws as `get` does. */
  async document(path: string, options: CallOptions = {}): Promise<unknown> {
    return this.#value({ method: 'GET', path }, options);
  }

  /** Runs programs in containers. */
  readonly executor: Executor = {
    run: async (command) =>
      execute(new URL(this.options.server), await this.options.credentials.current(), command, this.options.clock),
  };

  /** Closes all connections; calls and watches that run fail. */
  close(): void {
    this.#transport.close();
  }

  /** Undefined when the signal is aborted: then the watch ends without an event. */
  async #openWatch(path: string, signal: AbortSignal | undefined): Promise<IncomingMessage | undefined> {
    try {
      return await this.#tries({ method: 'GET', path }, signal, async (exchange) => {
        const opened = await this.#transport.open(exchange);
        const code = opened.statusCode ?? 0;
        if (code < 400) return opened;
        let body = '';
        for await (const chunk of opened.setEncoding('utf8')) body += chunk;
        throw errorOfAnswer(code, body, opened.headers['retry-after']);
      });
    } catch (error) {
      if (signal?.aborted) return undefined;
      throw error;
    }
  }

  async #object<T extends Resource>(call: Call, options: CallOptions): Promise<T> {
    return (await this.#value(call, options)) as T;
  }

  async #value(call: Call, options: CallOptions): Promise<unknown> {
    return parseBody(await this.#call(call, options));
  }

  /** One call, under the limits, with its retries: the body of the answer. */
  async #call(call: Call, { signal, flow = 'control' }: CallOptions): Promise<string> {
    return this.#tries(call, signal, async (exchange) => {
      await this.#limiter.enter(flow, signal);
      try {
        const { code, body, retryAfter } = await this.#transport.send(exchange);
        if (code >= 400) throw errorOfAnswer(code, body, retryAfter);
        return body;
      } finally {
        this.#limiter.leave(flow);
      }
    });
  }

  /** Tries as often as `pauseBeforeRetry` allows, and once more with new credentials when the old ones serve no longer. */
  async #tries<Result>(
    call: Call,
    signal: AbortSignal | undefined,
    once: (exchange: Exchange) => Promise<Result>,
  ): Promise<Result> {
    const { credentials, clock } = this.options;
    let renewed = false;
    for (let tries = 1; ; tries++) {
      const identity = await credentials.current();
      try {
        return await once({ ...call, identity, timeout: this.#timeout, signal });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (wantsCredentials(error) && !renewed) {
          renewed = true;
          if (await credentials.renew(identity)) continue;
        }
        const pause = pauseBeforeRetry(error, { tries, reads: call.method === 'GET' });
        if (pause === undefined) throw error;
        this.options.logger.debug({ call: `${call.method} ${call.path}`, pause, reason: error.reason }, 'trying again');
        // spread: those who were refused together must not come back together
        if (pause > 0) await clock.sleep(pause * (1 + Math.random() / 4), signal);
      }
    }
  }
}

/** Whether other credentials may help: the server does not know us any more, or we do not know the server. */
const wantsCredentials = (error: ApiError): boolean =>
  error instanceof Unauthorized || (error instanceof Disconnected && isDistrust(error.cause));
