import type { ReferenceLine } from '../report.js';
import { type Extent, shareOf } from '../extent.js';
import { referenceDash } from './series-style.js';

interface Along {
  readonly line: ReferenceLine;
  /** The drawing's axis it is on, which is another one where bars lie. */
  readonly axis: 'x' | 'y';
  readonly extent: Extent;
}

/** Lines across the drawing; the legend has their names. */
export function referenceLines(lines: readonly Along[]) {
  const data = lines.flatMap(({ line, axis, extent }, index) => {
    if (shareOf(extent, line.value) === undefined) return [];
    const lineStyle = { type: [...referenceDash(index)], color: 'var(--ink)', width: 1.5 };
    return [axis === 'x' ? { xAxis: line.value, lineStyle } : { yAxis: line.value, lineStyle }];
  });
  return {
    type: 'line',
    data: [],
    lineStyle: { color: 'var(--ink)' },
    itemStyle: { color: 'var(--ink)' },
    markLine: { silent: true, symbol: 'none', label: { show: false }, precision: 12, data, animation: false },
  };
}
