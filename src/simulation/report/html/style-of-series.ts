/** How series are told apart: by colour, and without it by dashes and symbols. */

/** After Okabe and Ito, for readers with any colour vision, on white and on black; without the yellow, which white swallows. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#8c6bb1', '#8a8a8a'] as const;
const dashes = ['solid', [6, 4], [2, 3], [10, 3, 2, 3]] as const;
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect'] as const;

export interface SeriesStyle {
  readonly color: string;
  readonly dash: 'solid' | number[];
  readonly symbol: (typeof symbols)[number];
}

/** The colours come first; when they are used up they come again with other dashes. */
export function styleOf(index: number): SeriesStyle {
  const dash = dashes[Math.floor(index / 2) % dashes.length] ?? 'solid';
  return {
    color: colors[index % colors.length] ?? colors[0],
    dash: dash === 'solid' ? dash : [...dash],
    symbol: symbols[index % symbols.length] ?? 'circle',
  };
}
