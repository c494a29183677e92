/** Colours for values from least to most: after cividis, which reads the same with any colour vision and in grey. */
const stops: readonly (readonly [number, number, number])[] = [
  [0, 34, 78],
  [59, 73, 108],
  [112, 113, 115],
  [165, 156, 116],
  [218, 203, 92],
  [254, 232, 56],
];

/** @param share from 0 to 1 */
export function colorAt(share: number): readonly [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [stops[below] ?? [0, 0, 0], stops[below + 1] ?? [0, 0, 0]];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (place - below) * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

export const cssColor = ([red, green, blue]: readonly [number, number, number]): string =>
  `rgb(${red},${green},${blue})`;
