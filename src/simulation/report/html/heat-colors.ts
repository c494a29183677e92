/** Viridis (Smith and van der Walt, matplotlib): as bright as the value is high, also for the colour-blind and in grey. */
import type { Color } from './png.js';

/** Fifteenths of the scale; between them colours are mixed. */
const anchors: readonly Color[] = [
  [68, 1, 84],
  [72, 26, 108],
  [71, 47, 125],
  [65, 68, 135],
  [57, 86, 140],
  [49, 104, 142],
  [42, 120, 142],
  [35, 136, 142],
  [31, 152, 139],
  [34, 168, 132],
  [53, 183, 121],
  [84, 197, 104],
  [122, 209, 81],
  [165, 219, 54],
  [210, 226, 27],
  [253, 231, 37],
];

/** How many colours the scale has. */
export const heatColors = 255;

/** @param index from 0 to `heatColors` - 1 */
export function heatColor(index: number): Color {
  const at = (index / (heatColors - 1)) * (anchors.length - 1);
  const low = Math.floor(at);
  const a = anchors[low] ?? [0, 0, 0];
  const b = anchors[low + 1] ?? a;
  const mix = (one: number, other: number) => Math.round(one + (other - one) * (at - low));
  return [mix(a[0], b[0]), mix(a[1], b[1]), mix(a[2], b[2])];
}

/** @param share of the scale, from 0 to 1 */
export const heatIndex = (share: number): number => Math.round(share * (heatColors - 1));

export const css = ([red, green, blue]: Color): string => `rgb(${red},${green},${blue})`;
