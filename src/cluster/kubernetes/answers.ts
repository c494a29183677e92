import { apiVersionOf, type Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import { second } from '../../support/time.js';
import type { Page, WatchEvent } from '../cluster.js';
import { type ApiError, apiError, type Cause, InternalError } from '../errors.js';

/** `metav1.Status`, as far as we read it. */
export interface Status {
  readonly kind?: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly WireCause[]; readonly retryAfterSeconds?: number };
}

interface WireCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

interface WireList {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items?: readonly object[] | null;
}

/** Servers and the proxies before them answer in prose at times; so much of it is shown. */
const mostProse = 300;

const causeOf = ({ reason, message, field }: WireCause): Cause => ({
  ...(reason === undefined ? {} : { reason }),
  ...(field === undefined ? {} : { field }),
  message: message ?? reason ?? '',
});

/** The error that a Status tells of. */
export function errorOfStatus(status: Status, code = status.code ?? 500, retryAfter?: string): ApiError {
  const seconds = status.details?.retryAfterSeconds ?? (retryAfter === undefined ? Number.NaN : Number(retryAfter));
  return apiError(code, status.reason || undefined, status.message ?? `the server answered ${code}`, {
    causes: (status.details?.causes ?? []).map(causeOf),
    ...(seconds >= 0 ? { retryAfter: seconds * second } : {}),
  });
}

/** The error of an answer with a status of 400 or more. `retryAfter` is the header of that name. */
export function errorOfAnswer(code: number, body: string, retryAfter?: string): ApiError {
  const status = tryParse(body);
  const told: Status = isStatus(status)
    ? status
    : { message: body.trim().slice(0, mostProse) || `the server answered ${code} without a word` };
  return errorOfStatus(told, code, retryAfter);
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The value of a JSON body. Throws InternalError where a proxy answered with something else. */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InternalError(`the answer is not JSON: ${body.trim().slice(0, mostProse)}`, { cause });
  }
}

export const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';

/** A list's answer as a page: its items get the apiVersion and kind that the server leaves out there. */
export function pageOf<T extends Resource>(kind: Kind<T>, body: string): Page<T> {
  const list = parseBody(body) as WireList;
  const envelope = { apiVersion: apiVersionOf(kind), kind: kind.name };
  const { resourceVersion = '', continue: more, remainingItemCount } = list.metadata ?? {};
  return {
    items: (list.items ?? []).map((item) => ({ ...envelope, ...item }) as T),
    resourceVersion,
    ...(more ? { continue: more } : {}),
    ...(remainingItemCount === undefined ? {} : { remaining: remainingItemCount }),
  };
}

/** One line of a watch. An ERROR event is thrown as the error that it carries. */
export function eventOf<T extends Resource>(line: string): WatchEvent<T> {
  const { type, object } = parseBody(line) as { type: string; object: T };
  if (type === 'ERROR') throw errorOfStatus(object as Status);
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion };
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object };
  throw new InternalError(`a watch event of the unknown type ${type}`);
}

/**
 * Whether a deleted object is still there, waiting for its grace period or its finalizers (a namespace has some in its
 * spec). Pods are returned even when they are gone.
 */
export function stillTerminating(object: Resource & { readonly spec?: object }): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined) return false;
  const { spec = {} } = object;
  const inSpec = 'finalizers' in spec && Array.isArray(spec.finalizers) ? spec.finalizers : [];
  return deletionGracePeriodSeconds > 0 || finalizers.length + inSpec.length > 0;
}
