/** Charts as SVG, drawn by echarts without a browser. Loaded only when a report is written. */
import { BarChart, BoxplotChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from '../report.js';
import { optionsOf, placeholders } from './chart-options.js';
import { escaped } from './escape.js';
import { heatSvg } from './heat-svg.js';

use([LineChart, BarChart, BoxplotChart, CustomChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Wide and narrow: text keeps its size where the page is narrow. */
export const chartWidths = { wide: 860, narrow: 400 } as const;
const height = 360;

/** @param id of this drawing in its page: names of parts begin with it */
export function chartSvg(chart: Chart, width: number, id: string): string {
  if (chart.kind === 'heat') return heatSvg(chart, width);
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    drawing.setOption(optionsOf(chart, width));
    return themed(drawing.renderToSVGString(), chart, id);
  } finally {
    drawing.dispose();
  }
}

/**
 * Scales with the page, takes its colours, and says what it shows. Names of parts (clip paths) are unique in the page.
 */
function themed(svg: string, { title, about }: Chart, id: string): string {
  return (
    svg
      .replace(
        /^<svg [^>]*?(viewBox="[^"]*")?[^>]*>/,
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${/width="(\d+)"/.exec(svg)?.[1] ?? 0} ${height}" role="img" aria-label="${escaped(about)}"><title>${escaped(title)}</title>`,
      )
      // for pointers, which nothing here follows; their numbers go up from drawing to drawing
      .replaceAll(/ class="zr\d+-cls-\d+"/g, '')
      .replaceAll(/<style[\s\S]*?<\/style>/g, '')
      .replaceAll(/zr\d+-/g, `${id}-`)
      .replaceAll(colorPattern(placeholders.text), 'currentColor')
      .replaceAll(colorPattern(placeholders.line), 'var(--line)')
  );
}

/** As it may be written: by its digits, or by its channels. */
function colorPattern(hex: string): RegExp {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return new RegExp(`${hex}|rgb\\(${channels.join(', ?')}\\)`, 'gi');
}
