/** Kubernetes' resource quantities (`100m`, `1.5`, `2Gi`, `1e3`), as `k8s.io/apimachinery/pkg/api/resource` reads them. */

/** What is longer is no quantity. Looked at before any pattern: pods and nodes bring texts that no schema of ours has seen. */
export const longestQuantity = 32;

/** Two digits of an exponent reach far beyond what there is; an API server itself does not survive some longer ones. */
const grammar = /^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,2})?$/;

/** The grammar without signs: what our kinds and templates take. */
export const unsignedQuantity =
  /^([0-9]+(\.[0-9]*)?|\.[0-9]+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,2})?$/;

const scaleOf: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const cache = new Map<string, number>();
const cacheLimit = 4096;

/** The quantity in base units (cores, bytes) as a number; `undefined` when the text is not a quantity. */
export function parseQuantity(text: string | number): number | undefined {
  const parts = splitQuantity(String(text));
  if (!parts) return undefined;
  const scale = scaleOf[parts.suffix];
  return scale === undefined ? Number(`${parts.number}${parts.suffix}`) : Number(parts.number) * scale;
}

/** A quantity as its number and its suffix: `1.5Gi` is `1.5` and `Gi`. */
export function splitQuantity(text: string): { readonly number: string; readonly suffix: string } | undefined {
  if (text.length > longestQuantity) return undefined;
  const [, number, suffix = ''] = grammar.exec(text) ?? [];
  return number === undefined ? undefined : { number, suffix };
}

/** Kubernetes' `MilliValue`: thousandths of the base unit, rounded up to an integer. Not a quantity: 0. */
export function milliValue(text: string | number | undefined): number {
  if (text === undefined) return 0;
  const key = String(text);
  // such texts are none, and are not worth keeping
  if (key.length > longestQuantity) return 0;
  const known = cache.get(key);
  if (known !== undefined) return known;
  // 15 significant digits are kept before rounding up: float noise must not become one milli more
  const milli = Math.ceil(Number(((parseQuantity(key) ?? 0) * 1000).toPrecision(15)));
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(key, milli);
  return milli;
}

/** Kubernetes' `Value`: the base unit, rounded up to an integer. */
export function value(text: string | number | undefined): number {
  return Math.ceil(milliValue(text) / 1000);
}

/** Whether two quantities mean the same amount, however they are written. */
export function sameQuantity(a: string | number | undefined, b: string | number | undefined): boolean {
  return (a === undefined) === (b === undefined) && milliValue(a) === milliValue(b);
}
