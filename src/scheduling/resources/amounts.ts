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
