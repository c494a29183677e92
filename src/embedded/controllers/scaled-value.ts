/** A number as it is, a percentage of `total` rounded to whole pods (`GetScaledValueFromIntOrPercent`). What is neither is 0. */
export function scaledValue(value: string | number, total: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number(value.slice(0, -1)) * total) / 100) : Number(value) || 0;
}
