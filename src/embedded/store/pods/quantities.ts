import { splitQuantity } from '../../../support/quantity.js';
import { type JsonObject, isObject } from '../json.js';

/** Quantities as Kubernetes writes them: `1024Mi` becomes `1Gi`, `0.5` becomes `500m`. */

const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nano = 10n ** 9n;
const micro = 10n ** 6n;

const cache = new Map<string, string>();
const cacheLimit = 4096;

/** The canonical form, rounded up to thousandths; `undefined` for what is no quantity. */
export function canonicalQuantity(text: string | number): string | undefined {
  const key = String(text);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const canonical = canonicalOf(key);
  if (canonical === undefined) return undefined;
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(key, canonical);
  return canonical;
}

function canonicalOf(text: string): string | undefined {
  const parts = splitQuantity(text);
  if (!parts) return undefined;
  const { number, suffix } = parts;
  const [whole = '', fraction = ''] = number.replace(/^[+-]/, '').split('.');
  const digits = BigInt(`${whole}${fraction}`);
  const power = binary.indexOf(suffix, 1);
  const exponent = power > 0 ? 0 : exponentOf(suffix);
  let nanos = digits * nano * (power > 0 ? 1024n ** BigInt(power) : 1n);
  const shift = exponent - fraction.length;
  nanos = shift >= 0 ? nanos * 10n ** BigInt(shift) : ceilDivide(nanos, 10n ** BigInt(-shift));
  // the server rounds what objects ask for up to thousandths
  const millis = ceilDivide(nanos, micro);
  if (millis === 0n) return '0';
  const minus = number.startsWith('-') ? '-' : '';
  if (/^[eE]/.test(suffix)) return minus + written(millis, 'exponent');
  if (power > 0 && millis >= 1024n * 1000n) return minus + writtenBinary(ceilDivide(millis, 1000n));
  return minus + written(millis, 'suffix');
}

const exponentOf = (suffix: string): number =>
  /^[eE]./.test(suffix) ? Number(suffix.slice(1)) : (decimal.indexOf(suffix) - 3) * 3;

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

function written(millis: bigint, style: 'suffix' | 'exponent'): string {
  let amount = millis;
  let index = 2;
  while (amount % 1000n === 0n && index < decimal.length - 1) {
    amount /= 1000n;
    index++;
  }
  if (style === 'suffix') return `${amount}${decimal[index] ?? ''}`;
  const exponent = (index - 3) * 3;
  return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
}

function writtenBinary(value: bigint): string {
  let amount = value;
  let index = 0;
  while (amount % 1024n === 0n && index < binary.length - 1) {
    amount /= 1024n;
    index++;
  }
  return `${amount}${binary[index] ?? ''}`;
}

/** A map of quantities in canonical form. What is no quantity stays, for validation to name it. */
export function canonicalQuantities(list: unknown): JsonObject {
  const result: Record<string, unknown> = {};
  if (!isObject(list)) return result;
  for (const [resource, amount] of Object.entries(list))
    result[resource] =
      typeof amount === 'string' || typeof amount === 'number' ? (canonicalQuantity(amount) ?? amount) : amount;
  return result;
}
