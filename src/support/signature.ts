import { createHmac, timingSafeEqual } from 'node:crypto';

/** `sha256=` and the HMAC of `text` in hexadecimal digits. */
export function signatureOf(text: string, key: Uint8Array): string {
  return `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;
}

/** Whether this is the signature of `text`, compared in a time that tells nothing. */
export function isSignatureOf(signature: string, text: string, key: Uint8Array): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(text, key))];
  return given.length === right.length && timingSafeEqual(given, right);
}
