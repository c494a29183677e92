import { group } from '../../api/names.js';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import { formatDuration } from '../../support/time.js';
import {
  AlreadyExists,
  ApiError,
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  Timeout,
  TooManyRequests,
  Unauthorized,
  Unreachable,
} from '../errors.js';
import { codeOf, isDistrust } from './trust.js';

/** What a person needs to know of the connection that failed. */
export interface Where {
  readonly server: string;
  readonly context?: string;
  readonly user?: string;
}

/** One line that says what is wrong, one that says what to do, and how the program ends. */
interface Explanation {
  /** A stable name for programs, as in `CodedError`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: number;
}

/** What a failure to make the connection means, by Node.js' code for it. */
const connectionFailures: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ECONNREFUSED: ['nothing listens there', 'is the cluster running, and are host and port of the kubeconfig right?'],
  ENOTFOUND: ['its host name is not known', 'check the server in the kubeconfig, your DNS and VPN'],
  EAI_AGAIN: ['its host name could not be looked up', 'check your network, DNS and VPN'],
  EHOSTUNREACH: ['no route leads there', 'check your network and VPN'],
  ENETUNREACH: ['no route leads there', 'check your network and VPN'],
  ETIMEDOUT: ['it does not answer', 'check your network, VPN and firewalls'],
  ECONNRESET: ['the connection was cut', 'is the server restarting? Try again in a moment'],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'renew the certificate of the API server'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'use the name it was made for as server, or set tls-server-name in the kubeconfig',
  ],
  EPROTO: [
    'it does not speak TLS as expected',
    'does the server of the kubeconfig start with the right http:// or https://?',
  ],
  HPE_INVALID_CONSTANT: ['it does not speak HTTP', 'check the port of the server in the kubeconfig'],
};

/** Turns whatever a call of the client threw into what the command line prints and the code it exits with. */
export function explain(error: unknown, where: Where): Explanation {
  if (error instanceof CodedError)
    return {
      code: error.code,
      message: error.message,
      exitCode: error.exitCode,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  if (error instanceof Unreachable) return explainUnreachable(error, where);
  if (error instanceof ApiError) return explainAnswer(error, where);
  return { code: 'FAILED', message: messageOf(error), exitCode: exitCodes.failed };
}

function explainUnreachable(error: Unreachable, { server }: Where): Explanation {
  const failure = codeOf(error.cause);
  const ending = { code: 'UNREACHABLE', exitCode: exitCodes.unreachable };
  if (isDistrust(error.cause))
    return {
      ...ending,
      message: `the certificate of ${server} is not signed by the authority that the kubeconfig names (${failure})`,
      hint: 'the cluster may have been made anew: fetch its kubeconfig again; else check certificate-authority-data',
    };
  const known = connectionFailures[failure];
  if (known) return { ...ending, message: `${server} cannot be reached: ${known[0]} (${failure})`, hint: known[1] };
  return {
    ...ending,
    message: `no answer from ${server}: ${error.message}`,
    hint: 'check the network; a change that was asked for may have happened or not: look before you repeat it',
  };
}

function explainAnswer(error: ApiError, { server, context, user }: Where): Explanation {
  const who = `${user === undefined ? 'you' : `user "${user}"`}${context === undefined ? '' : ` (context "${context}")`}`;
  if (error instanceof Unauthorized)
    return {
      code: 'UNAUTHORIZED',
      message: `${server} does not know ${who}: the token or certificate is wrong or has expired`,
      hint: 'log in again or renew the credentials in the kubeconfig; --context chooses another user',
      exitCode: exitCodes.forbidden,
    };
  if (error instanceof Forbidden)
    return {
      code: 'FORBIDDEN',
      message: error.message,
      hint: `${who} lacks this permission: ask for a Role that has it, or choose another user with --context`,
      exitCode: exitCodes.forbidden,
    };
  if (error instanceof NotFound) return explainNotFound(error, server);
  if (error instanceof AlreadyExists)
    return {
      code: 'ALREADY_EXISTS',
      message: error.message,
      hint: 'choose another name, or delete the one that exists',
      exitCode: exitCodes.conflict,
    };
  if (error instanceof Conflict)
    return {
      code: 'CONFLICT',
      message: error.message,
      hint: 'somebody changed it at the same time: try again',
      exitCode: exitCodes.conflict,
    };
  if (error instanceof Invalid) return { code: 'INVALID', message: error.message, exitCode: exitCodes.invalid };
  if (error instanceof TooManyRequests)
    return {
      code: 'OVERLOADED',
      message: `${server} is overloaded: ${error.message}`,
      hint: `try again in ${formatDuration(error.retryAfter ?? 10_000)}`,
      exitCode: exitCodes.failed,
    };
  if (error instanceof Timeout)
    return { code: 'SERVER_TIMED_OUT', message: `${server}: ${error.message}`, exitCode: exitCodes.timedOut };
  if (error.code === 400 || error.code === 413)
    return { code: 'INVALID', message: error.message, exitCode: exitCodes.invalid };
  return {
    code: 'API_ERROR',
    message: `${server} answered ${error.code} (${error.reason}): ${error.message}`,
    exitCode: exitCodes.failed,
  };
}

/** A kind that the server does not have is told from an object that it does not have by the words of the message. */
function explainNotFound(error: NotFound, server: string): Explanation {
  const noSuchKind = /could not find the requested resource|^404 page not found/.test(error.message);
  if (noSuchKind)
    return {
      code: 'CRDS_MISSING',
      message: `${server} does not have the kinds of ${group}`,
      hint: 'run `penstock install --crds`',
      exitCode: exitCodes.notInstalled,
    };
  return { code: 'NOT_FOUND', message: error.message, exitCode: exitCodes.notFound };
}
