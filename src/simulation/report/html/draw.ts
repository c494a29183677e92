/** Charts are drawn by ECharts without a DOM. It is loaded with the first report that is rendered as HTML. */
import { BarChart, BoxplotChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escape } from './escape.js';

use([BarChart, BoxplotChart, CustomChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer]);

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the picture is called, and what one sees on it. */
export interface Caption {
  readonly title: string;
  readonly about: string;
}

/**
 * An SVG element that may stand in a page: it scales with its place, takes its colours from the page's variables, and says what it
 * shows to those who cannot see it.
 *
 * @param id of the picture, by which those of its parts differ from those of other pictures
 */
export function draw(
  option: EChartsCoreOption,
  { width, height }: Size,
  id: string,
  { title, about }: Caption,
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option });
    const svg = chart
      .renderToSVGString()
      // ECharts counts its pictures within a process, which must not show
      .replaceAll(/\bzr\d+-/g, `${id}-`)
      // what changes under the pointer, of which there is nothing here
      .replaceAll(/<style ?><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>/g, '')
      .replaceAll(/ (?:ecmeta_\w+|class|pointer-events|baseProfile|xmlns:xlink|version)="[^"]*"/g, '')
      .replaceAll('<defs >', '<defs>')
      // within markers that are outlines
      .replaceAll('fill="#fff"', 'fill="var(--paper)"')
      // a picture of pixels fills its place
      .replaceAll('<image ', '<image preserveAspectRatio="none" ');
    const opening = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(about)}"><title>${escape(title)}</title>`;
    return svg.replace(/^<svg[^>]*>/, opening);
  } finally {
    chart.dispose();
  }
}
