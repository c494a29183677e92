import type { Kind } from '../api/meta/kind.js';
import type { Draft, Ref, Resource } from '../api/meta/resource.js';
import type { Patch } from './patch.js';

/** An opaque mark of the server's history. Of one server's marks, the numerically greater is the later. */
export type ResourceVersion = string;

/** Whose call it is: deliveries go before control, control before refill, in the client and at the server. */
export type Flow = 'delivery' | 'control' | 'refill';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Default `control`. */
  readonly flow?: Flow;
}

export interface ReadOptions extends CallOptions {
  readonly subresource?: 'status';
}

export interface Query {
  /** All namespaces when absent. */
  readonly namespace?: string;
  /** A label selector in Kubernetes' notation: `app=web,tier in (a,b),!canary`. */
  readonly labels?: string;
  /** A field selector: `spec.nodeName=n1`, `status.phase!=Running`. */
  readonly fields?: string;
}

export interface ListQuery extends Query {
  /** Items per page; everything at once when absent. */
  readonly limit?: number;
  /** The `continue` of the page before. */
  readonly continue?: string;
  /** `'0'`: whatever the server has at hand. Absent: the newest state, read with a quorum. */
  readonly resourceVersion?: ResourceVersion;
}

export interface WatchQuery extends Query {
  /** Events after this mark: a list's, an event's or a bookmark's. */
  readonly since: ResourceVersion;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly resourceVersion: ResourceVersion;
  readonly continue?: string;
  /** How many items the pages to come hold, where the server says so. */
  readonly remaining?: number;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: ResourceVersion };

export interface WriteOptions extends CallOptions {
  /** `finalize`, of namespaces only and only by `replace`: sets `spec.finalizers`. */
  readonly subresource?: 'status' | 'resize' | 'ephemeralcontainers' | 'finalize';
  /** Default `Strict`: unknown and duplicate fields are refused instead of dropped. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Only validate: nothing is stored. */
  readonly dryRun?: boolean;
}

export interface RemoveOptions extends CallOptions {
  readonly gracePeriodSeconds?: number;
  /** What becomes of the objects that it owns. Default `Background`: deleted afterwards. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Delete only this very object, or only this version of it; else Conflict. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: ResourceVersion };
}

/**
 * The Kubernetes API as controllers see it. Three things implement it: the client of a real API server, the embedded
 * cluster, and wrappers around either. Errors are the API's own reasons as classes (cluster/errors.ts); whether a write
 * that failed may have happened all the same is in `ApiError.outcome`.
 */
export interface Cluster {
  /** Throws NotFound. */
  get<T extends Resource>(kind: Kind<T>, ref: Ref, options?: ReadOptions): Promise<T>;
  /** Throws Expired when `continue` is too old. */
  list<T extends Resource>(kind: Kind<T>, query?: ListQuery, options?: CallOptions): Promise<Page<T>>;
  /**
   * Events in the order of the server's history, none twice, none left out. Ends when the server ends the connection
   * (watch again from the last mark); throws Expired when `since` is too old (list again).
   */
  watch<T extends Resource>(kind: Kind<T>, query: WatchQuery, options?: CallOptions): AsyncIterable<WatchEvent<T>>;
  /** Throws AlreadyExists, Invalid, Forbidden. */
  create<T extends Resource>(kind: Kind<T>, object: Draft<T>, options?: WriteOptions): Promise<T>;
  /** Throws Conflict when the object's resourceVersion is not the newest. */
  replace<T extends Resource>(kind: Kind<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Throws Invalid, also when a `test` operation fails; Conflict when the patch names a resourceVersion that is not the newest. */
  patch<T extends Resource>(kind: Kind<T>, ref: Ref, patch: Patch, options?: WriteOptions): Promise<T>;
  /** Returns the object while it is still terminating (grace, finalizers), nothing when it is gone. Throws NotFound, Conflict. */
  remove<T extends Resource>(kind: Kind<T>, ref: Ref, options?: RemoveOptions): Promise<T | undefined>;
}
