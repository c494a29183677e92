/** A stage of a production line: tells real calls of the operator from others, and judges containers. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Calls that are older, in seconds, were perhaps heard by somebody and sent again. */
const oldest = 300;

/**
 * Whether a call is from an operator that has the key: its signature is of its time and its body.
 * @param {Record<string, string | string[] | undefined>} headers
 * @param {string} body as it came, byte for byte
 * @param {string} key what stands in the Secret
 * @param {number} now milliseconds since the Unix epoch
 */
export function isGenuine(headers, body, key, now) {
  const time = String(headers['penstock-timestamp'] ?? '');
  const given = Buffer.from(String(headers['penstock-signature'] ?? ''));
  const right = Buffer.from(`sha256=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`);
  return (
    given.length === right.length && timingSafeEqual(given, right) && Math.abs(now / 1000 - Number(time)) <= oldest
  );
}

/**
 * What becomes of the container: pass, retry or fail. This one lets those through that have not restarted, and gives them a
 * label, which the line has to allow.
 * @param {{ pod: { name: string, containers: { restarts: number }[] }, attempt: number }} review
 */
export function judge({ pod, attempt }) {
  const restarts = pod.containers.reduce((sum, container) => sum + container.restarts, 0);
  if (restarts > 0) return { verdict: 'fail', why: `${pod.name} has restarted ${restarts} times` };
  // a program that needs a moment says so, and is asked again
  if (attempt === 0 && pod.name.endsWith('0')) return { verdict: 'retry', why: 'still looking', after: '2s' };
  return { verdict: 'pass', labels: { grade: 'a' } };
}
