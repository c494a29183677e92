import type { Cause } from '../api/meta/cause.js';
import type { Duration } from '../support/time.js';

export type { Cause };

/** What may have become of a write that failed: `refused` surely did not happen, `unknown` may have. */
export type Outcome = 'refused' | 'unknown';

interface ApiErrorDetails {
  readonly causes?: readonly Cause[];
  readonly retryAfter?: Duration;
  readonly cause?: unknown;
}

/** A failure that the API server (or the way to it) reports: `metav1.Status` as an error. */
export class ApiError extends Error {
  /** The API's own word, such as `NotFound`. */
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** How long the server asks us to wait before the next try. */
  readonly retryAfter: Duration | undefined;
  readonly outcome: Outcome;

  constructor(
    message: string,
    /** The HTTP status; 0 when no answer came. */
    readonly code: number,
    reason: string,
    details: ApiErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = reason;
    this.reason = reason;
    this.causes = details.causes ?? [];
    this.retryAfter = details.retryAfter;
    this.outcome = code >= 400 && code < 500 ? 'refused' : 'unknown';
  }
}

const reasonClass = (reason: string, code: number) =>
  class extends ApiError {
    constructor(message: string, details?: ApiErrorDetails) {
      super(message, code, reason, details);
    }
  };

export class BadRequest extends reasonClass('BadRequest', 400) {}
export class Unauthorized extends reasonClass('Unauthorized', 401) {}
export class Forbidden extends reasonClass('Forbidden', 403) {}
export class NotFound extends reasonClass('NotFound', 404) {}
export class MethodNotAllowed extends reasonClass('MethodNotAllowed', 405) {}
export class AlreadyExists extends reasonClass('AlreadyExists', 409) {}
export class Conflict extends reasonClass('Conflict', 409) {}
/** The mark or continue token is older than the server's history: list again. */
export class Expired extends reasonClass('Expired', 410) {}
export class RequestEntityTooLarge extends reasonClass('RequestEntityTooLarge', 413) {}
export class UnsupportedMediaType extends reasonClass('UnsupportedMediaType', 415) {}
export class Invalid extends reasonClass('Invalid', 422) {}
export class TooManyRequests extends reasonClass('TooManyRequests', 429) {}
export class InternalError extends reasonClass('InternalError', 500) {}
export class ServiceUnavailable extends reasonClass('ServiceUnavailable', 503) {}
export class Timeout extends reasonClass('Timeout', 504) {}
/** No answer: the connection was refused, cut, or stayed silent for too long. */
export class Unreachable extends reasonClass('Unreachable', 0) {}

const classes = {
  BadRequest,
  Unauthorized,
  Forbidden,
  NotFound,
  MethodNotAllowed,
  AlreadyExists,
  Conflict,
  Expired,
  Gone: Expired,
  RequestEntityTooLarge,
  UnsupportedMediaType,
  Invalid,
  TooManyRequests,
  InternalError,
  ServiceUnavailable,
  Timeout,
  ServerTimeout: Timeout,
} as const;

const admissionWords = /admission webhook "|failed calling webhook |AdmissionPolicy '/;

/** Whether admission kept the call from being done, whatever its code: a policy or a webhook denied it, or the webhook does not answer. */
export const isAdmissionDenial = (error: unknown): boolean =>
  error instanceof ApiError && admissionWords.test(error.message);

/**
 * Whether a call failed for the object that it was about, so that calls for other objects may succeed. Otherwise the server
 * as such cannot be reached, is overloaded or knows nobody: then all calls would fail alike.
 */
export function isObjectFailure(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (isAdmissionDenial(error)) return true;
  return error.outcome === 'refused' && !serverCodes.has(error.code);
}

/** Of those from 400 to 499, those that are not about the object: not authenticated, an outdated list, too many requests. */
const serverCodes: ReadonlySet<number> = new Set([401, 410, 429]);

/** Whether a patch with tests came too late: the object is not as it was when that was decided, or is gone. A policy denies with 422 too. */
export const isOutdated = (error: unknown): error is ApiError =>
  (error instanceof NotFound || error instanceof Invalid) && !isAdmissionDenial(error);

/** By status, where a server (or a proxy before it) sends no Status object with a reason. */
const byCode: Readonly<Record<number, keyof typeof classes>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The error for an answer of the server: by its reason, else by its HTTP status. */
export function apiError(
  code: number,
  reason: string | undefined,
  message: string,
  details?: ApiErrorDetails,
): ApiError {
  const known =
    reason !== undefined && Object.hasOwn(classes, reason) ? (reason as keyof typeof classes) : byCode[code];
  return known ? new classes[known](message, details) : new ApiError(message, code, reason ?? 'Unknown', details);
}
