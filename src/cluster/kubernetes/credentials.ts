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
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The same object as long as nothing in it changes: another one means new connections. */
  readonly tls: Tls;
  /** From when it serves no longer; undefined: until the server refuses it. */
  readonly expiresAt?: Instant;
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
  /** Reads or asks anew; nothing is remembered. */
  load(now: Instant): Promise<Identity>;
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
    const identity = this.#identity;
    if (!identity) return this.#load();
    if (this.clock.now() < this.#dueAt(identity)) return identity;
    try {
      return await this.#load();
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
      return !same(await this.#load(), refused);
    } catch (error) {
      this.#triedAt = this.clock.now();
      throw error;
    }
  }

  /** When it is to be loaded again: its files may have changed, or it has expired. */
  #dueAt({ expiresAt = Number.POSITIVE_INFINITY }: Identity): Instant {
    const { rereadAfter = Number.POSITIVE_INFINITY } = this.source;
    return Math.min(this.#triedAt + rereadAfter, Math.max(expiresAt, this.#triedAt + leastBetweenRenewals));
  }

  #load(): Promise<Identity> {
    this.#loading ??= this.source
      .load(this.clock.now())
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
