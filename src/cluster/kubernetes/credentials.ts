import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import type { Logger } from '../../support/log.js';
import { type Duration, type Instant, second } from '../../support/time.js';

/** How the connection is secured, on both sides; certificates and keys are PEM. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

/** What a request shows of who we are. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  /** The same object as long as nothing in it changes: another one means new connections. */
  readonly tls: Tls;
}

export interface Credentials {
  /** What the next request shows; called for each, so it must be cheap when nothing is due. */
  current(): Promise<Identity>;
  /** The server answered 401 to `refused`, or its certificate is not of an authority in it. Resolves to whether another identity could be had. */
  renew(refused: Identity): Promise<boolean>;
}

/** One identity for good. */
export function fixedCredentials(identity: Identity): Credentials {
  return { current: () => Promise.resolve(identity), renew: () => Promise.resolve(false) };
}

/** After a renewal, or one that failed, so long none again: a server that refuses everything must not start a plugin for each request. */
const leastBetweenRenewals: Duration = 5 * second;

export interface IdentitySource {
  /** `fresh`: nothing remembered may be used, the server refused it. */
  load(need: 'any' | 'fresh'): Promise<Identity>;
  /** After so long the files are read again; undefined: only when the server refuses what we have. */
  readonly rereadAfter?: Duration;
}

/** Credentials that change while the program runs: token files, renewed certificates, exec plugins, a rewritten kubeconfig. */
export class RotatingCredentials implements Credentials {
  #identity: Identity | undefined;
  /** When it was last loaded, or could not be. */
  #triedAt: Instant = 0;
  #loading: Promise<Identity> | undefined;

  constructor(
    private readonly source: IdentitySource,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async current(): Promise<Identity> {
    const { rereadAfter } = this.source;
    const identity = this.#identity;
    if (!identity) return this.#load('any');
    if (rereadAfter === undefined || this.clock.now() < this.#triedAt + rereadAfter) return identity;
    try {
      return await this.#load('any');
    } catch (error) {
      // what we have may serve for a while yet; if it does not, the server's 401 says so
      this.#triedAt = this.clock.now();
      this.logger.warn({ error: messageOf(error) }, 'credentials could not be read again, the old ones stay in use');
      return identity;
    }
  }

  async renew(refused: Identity): Promise<boolean> {
    if (this.#identity && !same(this.#identity, refused)) return true;
    if (this.#identity && this.clock.now() < this.#triedAt + leastBetweenRenewals) return false;
    try {
      return !same(await this.#load('fresh'), refused);
    } catch (error) {
      this.#triedAt = this.clock.now();
      throw error;
    }
  }

  #load(need: 'any' | 'fresh'): Promise<Identity> {
    this.#loading ??= this.source
      .load(need)
      .then((loaded) => {
        const before = this.#identity;
        this.#triedAt = this.clock.now();
        this.#identity = before && sameTls(before.tls, loaded.tls) ? { ...loaded, tls: before.tls } : loaded;
        return this.#identity;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }
}

const sameTls = (a: Tls, b: Tls) =>
  a.ca === b.ca &&
  a.cert === b.cert &&
  a.key === b.key &&
  a.rejectUnauthorized === b.rejectUnauthorized &&
  a.servername === b.servername;

const same = (a: Identity, b: Identity) =>
  a === b || (sameTls(a.tls, b.tls) && JSON.stringify(a.headers) === JSON.stringify(b.headers));
