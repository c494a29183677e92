import { createHash, createHmac } from 'node:crypto';

/** FNV-1a, 32 bits: for seeds and shards, not for anything that an adversary chooses. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** JSON with sorted keys: equal values give equal text, however they were built. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Whether two JSON values are equal, whatever the order of their keys; a field that is `undefined` is absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((part, at) => sameJson(part, b[at]));
  }
  for (const name of Object.keys(a)) if (!sameJson(Reflect.get(a, name), Reflect.get(b, name))) return false;
  for (const name of Object.keys(b))
    if (Reflect.get(a, name) === undefined && Reflect.get(b, name) !== undefined) return false;
  return true;
}

/** A short fingerprint of a JSON value, fit for a label. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 10);
}

/** What tells texts apart, and nobody can compute who has not the key: 12 hexadecimal digits of HMAC-SHA-256. */
export const keyedDigest = (key: string, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex').slice(0, 12);
