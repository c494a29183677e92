import { milliValue, value } from '../../support/quantity.js';

/** Amounts of resources by name: cpu in thousandths of a core, everything else in its base unit (bytes, pieces). */
export type Amounts = Readonly<Record<string, number>>;

/** Quantities as they are written in objects (`v1.ResourceList`), or in manifests, where numbers are quantities too. */
export type Quantities = Readonly<Record<string, string | number | undefined>>;

export function amountsOf(quantities: Quantities = {}): Amounts {
  const amounts: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(quantities))
    if (quantity !== undefined) amounts[name] = amountOf(name, quantity);
  return amounts;
}

export const amountOf = (name: string, quantity: string | number): number =>
  name === 'cpu' ? milliValue(quantity) : value(quantity);

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** An amount as people write it: `250m`, `2`, `1.5Gi`; to three digits. */
export function formatAmount(name: string, amount: number): string {
  if (name === 'cpu') return Number.isInteger(amount / 1000) ? String(amount / 1000) : `${Math.round(amount)}m`;
  if (name !== 'memory' && name !== 'ephemeral-storage' && !name.startsWith('hugepages-')) return String(amount);
  const power = amount === 0 ? 0 : Math.min(binary.length - 1, Math.floor(Math.log2(Math.abs(amount)) / 10));
  return `${Number((amount / 1024 ** power).toPrecision(3))}${binary[power]}`;
}

export function sum(...parts: readonly Amounts[]): Amounts {
  const total: Record<string, number> = {};
  for (const part of parts)
    for (const [name, amount] of Object.entries(part)) total[name] = (total[name] ?? 0) + amount;
  return total;
}

export function most(...parts: readonly Amounts[]): Amounts {
  const top: Record<string, number> = {};
  for (const part of parts)
    for (const [name, amount] of Object.entries(part)) top[name] = Math.max(top[name] ?? 0, amount);
  return top;
}

/** The resources of which `requests` are more than what is left, in the order of the requests. */
export function lacking(requests: Amounts, used: Amounts, allocatable: Amounts): readonly string[] {
  const names: string[] = [];
  for (const name in requests) {
    const amount = requests[name] ?? 0;
    if (amount > 0 && amount > (allocatable[name] ?? 0) - (used[name] ?? 0)) names.push(name);
  }
  return names;
}
