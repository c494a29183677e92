import type { Chart } from './report.js';

/** All figures of a chart. */
export function numbersOf(chart: Chart): readonly (number | null)[] {
  switch (chart.kind) {
    case 'line':
      return chart.series.flatMap(({ points }) => points.map(([, y]) => y));
    case 'bar':
      return chart.series.flatMap(({ values }) => values);
    case 'box':
      return chart.boxes.flatMap(({ values }) => values);
    case 'heat':
      return chart.values.flat();
  }
}

/** Whether there is something to draw. */
export const hasFigures = (chart: Chart): boolean =>
  numbersOf(chart).some((one) => one !== null && Number.isFinite(one));
