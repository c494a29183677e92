/** What metrics.k8s.io says (`NodeMetrics`, `PodMetrics` of k8s.io/metrics, alike in v1 and v1beta1). */
import { type Key, keyOf } from '../../../api/meta/resource.js';
import { type Amounts, sum } from '../../../scheduling/resources/amounts.js';
import { parseQuantity } from '../../../support/quantity.js';
import { type Duration, hour, type Instant, instantOf, minute, second } from '../../../support/time.js';
import { isCount, isObject, type Json, objectIn, objectsIn, textIn } from '../json.js';

/** The versions that can be read, the best first. */
export const versions = ['v1', 'v1beta1'] as const;
export type Version = (typeof versions)[number];

/** The version to use, of those that the server says it serves (an `APIGroup`). */
export function chosenVersion(group: unknown): Version | undefined {
  const served = isObject(group) ? objectsIn(group, 'versions').map((one) => textIn(one, 'version')) : [];
  return versions.find((version) => served.includes(version));
}

export interface Metrics {
  readonly from: Instant;
  readonly to: Instant;
  readonly use: Amounts;
}

/** Of a list of NodeMetrics, by node. */
export function nodeMetrics(list: unknown): ReadonlyMap<string, Metrics> {
  const found = new Map<string, Metrics>();
  for (const item of itemsOf(list)) {
    const name = textIn(objectIn(item, 'metadata'), 'name');
    const to = instantOf(textIn(item, 'timestamp'));
    const window = goDuration(textIn(item, 'window') ?? '');
    const use = usageOf(item);
    if (name !== undefined && to !== undefined && window !== undefined && window > 0 && Object.keys(use).length > 0)
      found.set(name, { from: to - window, to, use });
  }
  return found;
}

/** Of a list of PodMetrics, by pod: what its containers use together. */
export function podMetrics(list: unknown): ReadonlyMap<Key, Amounts> {
  const found = new Map<Key, Amounts>();
  for (const item of itemsOf(list)) {
    const metadata = objectIn(item, 'metadata');
    const [name, namespace] = [textIn(metadata, 'name'), textIn(metadata, 'namespace')];
    const uses = objectsIn(item, 'containers').map(usageOf);
    if (name && namespace && uses.length > 0) found.set(keyOf({ namespace, name }), sum(...uses));
  }
  return found;
}

const itemsOf = (list: unknown): readonly Json[] => (isObject(list) ? objectsIn(list, 'items') : []);

const scales = { cpu: 1000, memory: 1 } as const;

function usageOf(metrics: Json): Amounts {
  const usage = objectIn(metrics, 'usage');
  const use: Record<string, number> = {};
  for (const name of ['cpu', 'memory'] as const) {
    const amount = (parseQuantity(textIn(usage, name) ?? '') ?? Number.NaN) * scales[name];
    if (isCount(amount)) use[name] = amount;
  }
  return use;
}

const units: Readonly<Record<string, Duration>> = { h: hour, m: minute, s: second, ms: 1 };
const durationGrammar = /^(?:\d{1,9}(?:\.\d{1,9})?(?:h|ms|m|s))+$/;

/** A `metav1.Duration` as Go writes it, such as `15.123s` or `1m0s`. */
export function goDuration(text: string): Duration | undefined {
  if (text.length > 64 || !durationGrammar.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|h|m|s)/gy))
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  return total;
}
