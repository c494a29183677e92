/** How series are told apart: by colour, and without it by dashes, markers and hatching. */

/** Colours are CSS variables, light and dark (`style.ts`). After so many they come again, with other dashes and markers. */
const colors = 8;

const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3], [5, 2, 1, 2, 1, 2]];

/** ECharts' symbols; an `empty` one is only an outline. */
const markers = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle'];

export interface SeriesStyle {
  readonly color: string;
  /** SVG's stroke-dasharray. */
  readonly dash: readonly number[];
  readonly marker: string;
  /** What bars are filled with: a pattern of `style.ts`. */
  readonly fill: string;
}

export function styleOf(series: number): SeriesStyle {
  return {
    color: `var(--series-${series % colors})`,
    dash: dashes[series % dashes.length] ?? [],
    marker: markers[series % markers.length] ?? 'circle',
    fill: `url(#hatch-${series % hatches})`,
  };
}

/** How many patterns there are. */
const hatches = 16;

/** The patterns of bars, once for all charts of the page: full, and hatched in several directions over a lighter ground. */
export function patterns(): string {
  const lines = ['', 'M0 6L6 0', 'M3 0V6', 'M0 0L6 6', 'M0 3H6', 'M0 6L6 0M0 0L6 6', 'M3 0V6M0 3H6', 'M3 3h.1'];
  const defs = Array.from({ length: hatches }, (_, index) => {
    const { color } = styleOf(index);
    const line = lines[(index + Math.floor(index / colors)) % lines.length] ?? '';
    return [
      `<pattern id="hatch-${index}" width="6" height="6" patternUnits="userSpaceOnUse">`,
      `<rect width="6" height="6" style="fill:${color};fill-opacity:${line === '' ? 1 : 0.45}"/>`,
      line === '' ? '' : `<path d="${line}" style="stroke:${color};stroke-width:2;stroke-linecap:square"/>`,
      '</pattern>',
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" class="patterns" width="0" height="0" aria-hidden="true"><defs>${defs.join('')}</defs></svg>`;
}

/** Reference lines: in the colour of text, each with other dashes. */
export const referenceDash = (index: number): readonly number[] =>
  [
    [12, 4],
    [4, 4],
    [12, 4, 3, 4],
    [1, 4],
  ][index % 4] ?? [12, 4];
