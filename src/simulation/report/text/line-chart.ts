import { type Extent, extentOf, shareOf, ticksOf } from '../extent.js';
import { figureText, labelText } from '../figures.js';
import type { LineChart } from '../report.js';
import { paintOf, type Paint } from './colors.js';
import { cut, padStart, plain, widthOf, wrap } from './lines.js';

const height = 10;

/** Of a series each; where two meet, the later one is seen. */
const markers = ['●', '▲', '■', '◆', '○', '△', '□', '◇', '×', '+'];

export function lineChart(chart: LineChart, width: number, paint: Paint): readonly string[] {
  const { series, lines = [] } = chart;
  const along = (axis: 'x' | 'y') => lines.filter((line) => line.axis === axis).map(({ value }) => value);
  const x = extentOf(chart.x, [...series.flatMap(({ points }) => points.map(([at]) => at)), ...along('x')], 6);
  const y = extentOf(chart.y, [...series.flatMap(({ points }) => points.map(([, value]) => value)), ...along('y')], 4);
  const labels = rowLabels(y);
  const left = [...labels.values()].reduce((most, label) => Math.max(most, widthOf(label)), 0);
  const columns = width - left - 2;
  const grid = Array.from({ length: height }, () => Array.from({ length: columns }, () => ' '));
  const put = (column: number, row: number, text: string) => {
    const line = grid[row];
    if (line) line[column] = text;
  };
  for (const line of lines) reference(line.axis, shareOf(line.axis === 'x' ? x : y, line.value), columns, put);
  for (const [index, { points, steps = false }] of series.entries()) {
    const mark = paintOf(paint, index)(markers[index % markers.length] ?? '●');
    for (const [column, row] of cellsOf(points, steps, x, y, columns)) put(column, row, mark);
  }
  return [
    ...legend(chart, width, paint),
    ...wrap(labelText(chart.y), width),
    ...grid.map((line, row) =>
      `${padStart(labels.get(row) ?? '', left)} ${labels.has(row) ? '┤' : '│'}${line.join('')}`.trimEnd(),
    ),
    `${' '.repeat(left + 1)}└${'─'.repeat(columns)}`,
    footer(x, labelText(chart.x), left + 2, columns),
  ];
}

function reference(
  axis: 'x' | 'y',
  share: number | undefined,
  columns: number,
  put: (column: number, row: number, text: string) => void,
): void {
  if (share === undefined) return;
  if (axis === 'x') for (let row = 0; row < height; row++) put(Math.round(share * (columns - 1)), row, '┊');
  else for (let column = 0; column < columns; column++) put(column, rowOf(share), '┄');
}

const rowOf = (share: number): number => height - 1 - Math.round(share * (height - 1));

/** At rows of their own: the value at the bottom, at the top, and some between. */
function rowLabels(y: Extent): ReadonlyMap<number, string> {
  const labels = new Map<number, string>();
  for (const tick of ticksOf(y)) {
    const share = shareOf(y, tick);
    if (share !== undefined) labels.set(rowOf(share), figureText(tick));
  }
  return labels;
}

/** Which cells a curve passes: in each column the one of its height there, between points by a straight line. */
function cellsOf(
  points: LineChart['series'][number]['points'],
  steps: boolean,
  x: Extent,
  y: Extent,
  columns: number,
): readonly (readonly [column: number, row: number])[] {
  const cells: (readonly [number, number])[] = [];
  let before: readonly [column: number, share: number] | undefined;
  for (const [at, value] of points) {
    const [across, up] = [shareOf(x, at), shareOf(y, value)];
    if (across === undefined || up === undefined) {
      before = undefined;
      continue;
    }
    const column = Math.round(across * (columns - 1));
    for (let between = (before?.[0] ?? column) + 1; before && between < column; between++) {
      const share = steps ? before[1] : before[1] + ((up - before[1]) * (between - before[0])) / (column - before[0]);
      cells.push([between, rowOf(share)]);
    }
    cells.push([column, rowOf(up)]);
    before = [column, up];
  }
  return cells;
}

function legend({ series, lines = [] }: LineChart, width: number, paint: Paint): readonly string[] {
  const names = series.map(({ name }, index) => {
    const mark = markers[index % markers.length] ?? '●';
    return { mark: paintOf(paint, index)(mark), text: ` ${cut(plain(name), width - 2)}` };
  });
  const others = lines.map(({ label, axis, value }) => ({
    mark: axis === 'x' ? '┊' : '┄',
    text: ` ${cut(plain(`${label}: ${figureText(value)}`), width - 2)}`,
  }));
  return flowed([...names, ...others], width);
}

/** Entries beside one another where they fit; a mark is one column wide, whatever its colour adds. */
export function flowed(
  entries: readonly { readonly mark: string; readonly text: string }[],
  width: number,
): readonly string[] {
  const lines: string[] = [];
  let used = 0;
  for (const { mark, text } of entries) {
    const size = 1 + widthOf(text);
    if (lines.length > 0 && used + 3 + size <= width) {
      lines[lines.length - 1] += `   ${mark}${text}`;
      used += 3 + size;
    } else {
      lines.push(mark + text);
      used = size;
    }
  }
  return lines;
}

/** The ends of the x axis, and what it is between them where there is room. */
export function footer(x: Extent, label: string, indent: number, columns: number): string {
  return ends(figureText(x.min), figureText(x.max), plain(label), indent, columns);
}

export function ends(from: string, to: string, label: string, indent: number, columns: number): string {
  const room = columns - widthOf(from) - widthOf(to) - 2;
  const middle = room > 3 ? cut(label, room) : '';
  const space = Math.max(1, columns - widthOf(from) - widthOf(to) - widthOf(middle));
  const before = Math.floor(space / 2);
  return cut(
    `${' '.repeat(indent)}${from}${' '.repeat(before)}${middle}${' '.repeat(space - before)}${to}`,
    indent + columns,
  );
}
