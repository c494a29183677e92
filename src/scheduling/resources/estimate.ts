import { type Amounts, amountOf } from './amounts.js';
import { nonZeroDefaults } from './pod-requests.js';

/** `capacity.penstock.dev/<resource>` on a node: what it has of a resource that its kubelet does not report. */
export const capacityPrefix = 'capacity.penstock.dev/';
/** `estimate.penstock.dev/<resource>` on a pod: what it will use, until that is measured. */
export const estimatePrefix = 'estimate.penstock.dev/';

type Annotations = Readonly<Record<string, string>>;

/** Amounts of resources that stand in annotations; what is no quantity is passed over. */
export function annotatedAmounts(prefix: string, annotations: Annotations = {}): Amounts {
  const amounts: Record<string, number> = {};
  for (const key in annotations)
    if (key.startsWith(prefix)) {
      const name = key.slice(prefix.length);
      const amount = amountOf(name, annotations[key] ?? '');
      if (amount > 0) amounts[name] = amount;
    }
  return amounts;
}

/**
 * What a pod is taken to use before it has been measured: what it requests, small defaults for cpu and memory where it
 * requests none, and what its annotations say of the rest (network and disk, in bytes per second).
 */
export const estimatedUse = (requests: Amounts, annotations?: Annotations): Amounts => ({
  ...requests,
  ...(requests.cpu ? {} : { cpu: nonZeroDefaults.cpu ?? 0 }),
  ...(requests.memory ? {} : { memory: nonZeroDefaults.memory ?? 0 }),
  ...annotatedAmounts(estimatePrefix, annotations),
});
