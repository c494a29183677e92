/** The options of echarts for a chart of the report's model. Colours of text and lines stand for variables of the page: see `chart-svg.ts`. */
import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber, withUnit } from '../format.js';
import { quartilesOf } from '../quartiles.js';
import type { Axis, BarChart, BoxPlot, Chart, HeatMap, LineChart, ReferenceLine } from '../report.js';
import { bandOf, intervalsOf } from './intervals.js';
import { styleOf } from './style-of-series.js';

/** Stand for `currentColor`, and for the colour of lines that are to stay in the background. */
export const placeholders = { text: '#010203', line: '#040506' } as const;

const text = { color: placeholders.text, fontSize: 12, fontFamily: 'inherit' };

export function optionsOf(chart: Exclude<Chart, HeatMap>, width: number): EChartsCoreOption {
  const base = { animation: false, textStyle: text, backgroundColor: 'transparent' };
  switch (chart.kind) {
    case 'line':
      return { ...base, ...lineOptions(chart, width) };
    case 'bar':
      return { ...base, ...barOptions(chart, width) };
    case 'box':
      return { ...base, ...boxOptions(chart, width) };
  }
}

const bottomOf = (labels: readonly string[], width: number) => (turned(labels, width) ? 96 : 46);

const grid = (bottom: number) => ({
  left: 36,
  right: 24,
  top: 26,
  bottom,
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
});

function valueAxis(axis: Axis, place: 'x' | 'y') {
  return {
    type: axis.scale === 'log' ? 'log' : 'value',
    name: withUnit(axis),
    nameLocation: 'middle',
    nameGap: place === 'x' ? 28 : 52,
    nameTextStyle: text,
    ...(axis.min !== undefined && { min: axis.min }),
    ...(axis.max !== undefined && { max: axis.max }),
    // a curve may lie far from zero; a bar begins there
    scale: place === 'x',
    axisLabel: { ...text, hideOverlap: true, formatter: (value: number) => formatNumber(value) },
    axisLine: { show: true, lineStyle: { color: placeholders.text } },
    axisTick: { lineStyle: { color: placeholders.text } },
    splitLine: { lineStyle: { color: placeholders.line } },
  };
}

/** Names that have no room beside one another are turned. */
const turned = (labels: readonly string[], width: number): boolean =>
  labels.reduce((sum, label) => sum + 7 * label.length + 12, 0) > width - 90;

function categoryAxis(axis: Axis, labels: readonly string[], width: number) {
  const isTurned = turned(labels, width);
  return {
    type: 'category',
    data: [...labels],
    name: withUnit(axis),
    nameLocation: 'middle',
    nameGap: isTurned ? 78 : 28,
    nameTextStyle: text,
    axisLabel: { ...text, interval: 0, ...(isTurned && { rotate: 40, width: 96, overflow: 'truncate' }) },
    axisLine: { lineStyle: { color: placeholders.text } },
    axisTick: { lineStyle: { color: placeholders.text }, alignWithLabel: true },
  };
}

/** What has a place on an axis: a logarithm has none for zero. */
const shown = (axis: Axis, value: number): boolean => Number.isFinite(value) && (axis.scale !== 'log' || value > 0);

function lineOptions({ x, y, series, lines = [] }: LineChart, width: number): EChartsCoreOption {
  const symbols = series.every(({ points }) => points.length <= 30);
  return {
    grid: grid(46),
    xAxis: { ...valueAxis(x, 'x'), ...(width < 500 && { splitNumber: 4 }) },
    yAxis: valueAxis(y, 'y'),
    series: [
      ...series.flatMap(({ band }, at) => (band ? [bandOf(series, at, (value) => shown(y, value))] : [])),
      ...series.map(({ name, points, steps }, at) => {
        const { color, dash, symbol } = styleOf(at);
        return {
          type: 'line',
          name,
          data: points.filter(([px, py]) => shown(x, px) && shown(y, py)).map(([px, py]) => [px, py]),
          ...(steps === true && { step: 'end' }),
          showSymbol: symbols,
          symbol,
          symbolSize: 7,
          lineStyle: { color, width: 2, type: dash },
          itemStyle: { color },
        };
      }),
      ...referenceLines(lines),
    ],
  };
}

function barOptions(
  { category, categories, y, series, stacked, lines = [] }: BarChart,
  width: number,
): EChartsCoreOption {
  return {
    grid: grid(bottomOf(categories, width)),
    xAxis: categoryAxis(category, categories, width),
    yAxis: valueAxis(y, 'y'),
    series: [
      ...series.map(({ name, values }, at) => ({
        type: 'bar',
        name,
        data: values.map((value) => (value !== null && shown(y, value) ? value : '-')),
        ...(stacked === true && { stack: 'all' }),
        barMaxWidth: 44,
        itemStyle: { color: styleOf(at).color },
      })),
      ...series.flatMap(({ half }, at) => (half && stacked !== true ? [intervalsOf(series, at)] : [])),
      ...referenceLines(lines),
    ],
  };
}

function boxOptions({ category, y, boxes, lines = [] }: BoxPlot, width: number): EChartsCoreOption {
  const names = boxes.map(({ name }) => name);
  return {
    grid: grid(bottomOf(names, width)),
    xAxis: categoryAxis(category, names, width),
    yAxis: { ...valueAxis(y, 'y'), scale: true },
    series: [
      {
        type: 'boxplot',
        data: boxes.map(({ values }) => {
          const quartiles = quartilesOf(values);
          return quartiles.every((value) => shown(y, value)) ? [...quartiles] : [];
        }),
        boxWidth: [8, 40],
        itemStyle: { color: 'transparent', borderColor: styleOf(0).color, borderWidth: 2 },
      },
      ...referenceLines(lines),
    ],
  };
}

/** A series of their own, so that they are there even where no other series has a value. */
function referenceLines(lines: readonly ReferenceLine[]) {
  return lines.map(({ label, axis, value }) => ({
    type: 'line',
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      data: [axis === 'x' ? { xAxis: value } : { yAxis: value }],
      lineStyle: { color: placeholders.text, type: 'dashed', width: 1 },
      label: { ...text, formatter: label, position: 'insideEndTop' },
    },
  }));
}
