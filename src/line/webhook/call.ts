/** One signed call to a user's program. */
import { callTimeoutOf } from '../../api/fields.js';
import { Secret } from '../../api/kubernetes.js';
import { Forbidden, NotFound } from '../../cluster/errors.js';
import type { HttpAnswer, HttpClient } from '../../runtime/index.js';
import { messageOf } from '../../support/errors.js';
import { signatureOf } from '../../support/signature.js';
import { type Instant, second } from '../../support/time.js';
import { secretObjection } from '../secret-objection.js';
import type { StageContext } from '../stage.js';
import type { Target } from './settings.js';

/** The most that is sent, and that is read. */
export const limits = { request: 256 * 1024, answer: 64 * 1024 } as const;

/** The headers of a call: when it was made (seconds since the Unix epoch), and the signature of `TIME.BODY`. */
export const headers = { timestamp: 'penstock-timestamp', signature: 'penstock-signature' } as const;

/** The text that is signed: the time is in it, so that an old call cannot be sent again. */
export const signedText = (timestamp: string, body: string): string => `${timestamp}.${body}`;

/** Why there is no answer: the program that was called is not to blame where `ours`. */
export interface NoAnswer {
  readonly problem: string;
  readonly ours: boolean;
}

export async function call(
  http: HttpClient | undefined,
  target: Target,
  namespace: string | undefined,
  payload: object,
  context: StageContext,
): Promise<HttpAnswer | NoAnswer> {
  if (!http) return { problem: 'this program calls nobody: only an operator that runs for itself does', ours: true };
  const body = JSON.stringify(payload);
  if (Buffer.byteLength(body) > limits.request)
    return { problem: `what is to be sent has more than ${limits.request} bytes`, ours: true };
  const key = await keyOf(target, namespace, context);
  if (typeof key === 'object' && 'problem' in key) return key;
  try {
    return await http.send({
      method: 'POST',
      url: target.url,
      headers: {
        ...target.headers,
        'content-type': 'application/json',
        'user-agent': 'penstock',
        ...signing(key, body, context.clock.now()),
      },
      body,
      ca: target.caBundle,
      timeout: callTimeoutOf(target.callTimeout),
      limit: limits.answer,
      signal: context.signal,
    });
  } catch (error) {
    context.signal.throwIfAborted();
    return { problem: `${originOf(target)}: ${messageOf(error)}`, ours: false };
  }
}

export const isUnanswered = (answer: HttpAnswer | NoAnswer): answer is NoAnswer => 'problem' in answer;

/** Without the path, which may hold what is not for everybody who reads a status. */
export const originOf = ({ url }: Pick<Target, 'url'>): string => new URL(url).origin;

function signing(key: Uint8Array | undefined, body: string, now: Instant): Readonly<Record<string, string>> {
  if (!key) return {};
  const timestamp = String(Math.floor(now / second));
  return { [headers.timestamp]: timestamp, [headers.signature]: signatureOf(signedText(timestamp, body), key) };
}

/** Read for each call, so that a new key holds at once. */
async function keyOf(
  { secret }: Target,
  namespace: string | undefined,
  { cluster, signal }: StageContext,
): Promise<Uint8Array | NoAnswer | undefined> {
  if (!secret) return undefined;
  const ref = namespace === undefined ? { name: secret.name } : { namespace, name: secret.name };
  try {
    const present = await cluster.get(Secret, ref, { flow: 'control', signal });
    const objection = secretObjection(present);
    if (objection !== undefined) return { problem: objection, ours: true };
    const data = present.data?.[secret.key];
    if (data === undefined || data === '')
      return { problem: `the Secret ${secret.name} has no key ${secret.key}`, ours: true };
    return Buffer.from(data, 'base64');
  } catch (error) {
    if (error instanceof NotFound) return { problem: `there is no Secret ${secret.name}: create it`, ours: true };
    if (!(error instanceof Forbidden)) throw error;
    return {
      problem: `the operator may not read the Secret ${secret.name}: give it the rights of the feature secrets`,
      ours: true,
    };
  }
}
