/** Least value, quartiles and greatest value, by linear interpolation between order statistics (R's type 7). NaN of none. */
export function quartilesOf(values: readonly number[]): readonly [number, number, number, number, number] {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
    return low + (place - Math.floor(place)) * (high - low);
  };
  return [at(0), at(0.25), at(0.5), at(0.75), at(1)];
}
