/** Kubernetes' resource quantities (`100m`, `1.5`, `2Gi`, `1e3`), as `k8s.io/apimachinery/pkg/api/resource` reads them. */
const grammar = /^([+-]?[0-9]+\.?[0-9]*|[+-]?\.[0-9]+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?$/;

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
  const match = grammar.exec(String(text));
  if (!match) return undefined;
  const [, number, suffix = ''] = match;
  const scale = scaleOf[suffix] ?? 10 ** Number(suffix.slice(1));
  return Number(number) * scale;
}

/** Kubernetes' `MilliValue`: thousandths of the base unit, rounded up to an integer. Not a quantity: 0. */
export function milliValue(text: string | number | undefined): number {
  if (text === undefined) return 0;
  const key = String(text);
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
