/** Axes of drawings: round ticks, and room for their labels. What an axis is of stands beside the drawing, as text of the page. */
import type { Axis, Chart } from '../report.js';
import { type Extent, extentOf, ticksOf } from '../extent.js';
import { figureText, nameText } from '../figures.js';

/** How large a drawing is in the page: drawn twice, as text that shrinks with a picture cannot be read on a phone. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly ticks: { readonly x: number; readonly y: number };
  /** Characters of a category at the side. */
  readonly letters: number;
}

export const wide: Frame = { width: 860, height: 360, fontSize: 13, ticks: { x: 10, y: 6 }, letters: 30 };
export const narrow: Frame = { width: 340, height: 260, fontSize: 12, ticks: { x: 4, y: 5 }, letters: 16 };

/** About how wide text is. */
export const textWidth = (text: string, { fontSize }: Frame): number => text.length * fontSize * 0.58;

export const cut = (text: string, letters: number): string =>
  text.length > letters ? `${text.slice(0, letters - 1)}…` : text;

const style = ({ fontSize }: Frame) => ({
  axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--axis)' } },
  axisTick: { show: true, lineStyle: { color: 'var(--axis)' } },
  axisLabel: { color: 'var(--ink)', fontSize, hideOverlap: true },
});

export function valueAxis(extent: Extent, frame: Frame) {
  const { scale, min, max, step } = extent;
  const base = style(frame);
  return {
    ...base,
    type: scale === 'log' ? 'log' : 'value',
    min,
    max,
    interval: step,
    axisLabel: { ...base.axisLabel, formatter: (value: number) => figureText(value), margin: 8 },
    splitLine: { show: true, lineStyle: { color: 'var(--grid)' } },
    // bars begin there
    ...(scale === 'log' && { startValue: min }),
  };
}

/** @param inverse the first at the top */
export function categoryAxis(names: readonly (string | number)[], frame: Frame, inverse: boolean) {
  const base = style(frame);
  const labels = names.map((name) => cut(nameText(name), frame.letters));
  return {
    ...base,
    type: 'category',
    // by their place: two may have the same name
    data: labels.map((_, index) => String(index)),
    inverse,
    axisLabel: { ...base.axisLabel, formatter: (index: string) => labels[Number(index)] ?? '', margin: 8 },
    axisTick: { ...base.axisTick, alignWithLabel: true },
    splitLine: { show: false },
  };
}

/** Pixels that the labels of an axis at the left take. */
export const widthOfTicks = (extent: Extent, frame: Frame): number =>
  Math.max(24, ...ticksOf(extent).map((tick) => textWidth(figureText(tick), frame))) + 14;

export const widthOfNames = (names: readonly (string | number)[], frame: Frame): number =>
  names.reduce<number>((width, name) => Math.max(width, textWidth(cut(nameText(name), frame.letters), frame)), 24) + 14;

/** The axis around all values and the reference lines across it. */
export const extentWithLines = (
  axis: Axis,
  name: 'x' | 'y',
  { lines = [] }: Pick<Chart, 'lines'>,
  values: readonly number[],
  frame: Frame,
  along: 'x' | 'y' = name,
): Extent =>
  extentOf(
    axis,
    [...values, ...lines.filter((line) => line.axis === name).map(({ value }) => value)],
    frame.ticks[along],
  );

/** Whether an axis can show it. */
export const isShown = ({ scale }: Extent, value: number): boolean =>
  Number.isFinite(value) && (scale === 'linear' || value > 0);
