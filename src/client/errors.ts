import { explain, type Where } from '../cluster/kubernetes/explain.js';
import { ApiError } from '../cluster/errors.js';
import { CodedError } from '../support/errors.js';

/** What can go wrong, by the code that programs tell it by. */
export const errorCodes = {
  INVALID: 'the request is not valid; nothing was sent',
  IMMUTABLE: 'there is a claim of this name that asks for something else',
  POOL_NOT_FOUND: 'there is no such pool in the namespace; nothing was sent',
  CLAIM_NOT_ALLOWED: 'the pool does not serve such a claim; nothing was sent',
  CLAIM_EXISTS: 'a claim of this name is still being deleted',
  CLAIM_NOT_FOUND: 'there is no such claim in the namespace',
  CLAIM_REFUSED: 'the operator refuses the claim; it has no containers',
  CLAIM_TIMED_OUT: 'the deadline of the claim has passed; it has no containers',
  CLAIM_FAILED:
    'the claim was given up for another reason, such as an empty stock with `whenEmpty: Fail`, or its work has failed',
  CLAIM_NEVER_COMPLETES: 'the containers of the claim are started again whenever they end',
  CLAIM_GONE: 'the claim was deleted, and its containers with it',
  CLAIM_UNATTENDED: 'the deadline of the claim has passed and no operator has said so: none is running',
  CLAIM_LEFT_BEHIND:
    'a request was aborted, and the claim that it may have made could not be deleted; the message names it',
  KUBECONFIG_NOT_FOUND: 'there is no kubeconfig, and this is no pod of a cluster',
  KUBECONFIG_UNREADABLE: 'the kubeconfig cannot be read',
  KUBECONFIG_MALFORMED: 'the kubeconfig is not right',
  KUBECONFIG_UNSUPPORTED: 'the kubeconfig asks for what Penstock does not support',
  CONTEXT_NOT_FOUND: 'the kubeconfig has no such context',
  CREDENTIALS_UNAVAILABLE: 'the credentials that the kubeconfig names could not be had',
  UNREACHABLE: 'the API server does not answer; what was asked for may have been done',
  UNAUTHORIZED: 'the API server does not know the user',
  FORBIDDEN: 'the user lacks a permission; the message names it',
  CRDS_MISSING: 'the cluster does not have the kinds of Penstock',
  NOT_FOUND: 'something else is missing, such as the namespace',
  ALREADY_EXISTS: 'something else has the name',
  CONFLICT: 'somebody changed the object at the same time',
  OVERLOADED: 'the API server asks for patience',
  SERVER_TIMED_OUT: 'the API server gave up on the request',
  API_ERROR: 'the API server answered with an error of its own',
} as const;

export type ErrorCode = keyof typeof errorCodes;

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** What every call of the library rejects with, except where a signal was aborted: then it is the signal's reason. */
export class PenstockError extends Error {
  constructor(
    /** What is wrong, for programs. */
    readonly code: ErrorCode,
    /** What is wrong and where, for people. */
    message: string,
    /** What to do, for people. */
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PenstockError';
  }
}

/** What went wrong, as programs meet it. What is a bug, of theirs or ours, stays as it is. */
export function penstockError(error: unknown, where: Where): unknown {
  if (error instanceof PenstockError || !(error instanceof CodedError || error instanceof ApiError)) return error;
  const { code, message, hint } = explain(error, where);
  return new PenstockError(isErrorCode(code) ? code : 'API_ERROR', message, hint, { cause: error });
}
