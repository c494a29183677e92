/** What an experiment has to say, as data: HTML, the terminal, JSON and CSV are renderers of it. */
export interface Report {
  readonly title: string;
  /** What came out, in a few sentences, and what the reader should know of it. */
  readonly summary: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly text?: readonly string[];
  readonly charts?: readonly Chart[];
  readonly tables?: readonly Table[];
}

export interface Axis {
  readonly label: string;
  /** Such as `kWh`; shown with the label. */
  readonly unit?: string;
  readonly scale?: 'linear' | 'log';
  readonly min?: number;
  readonly max?: number;
}

/** A figure of somebody else's, or a limit: a line across the chart with a name. */
export interface ReferenceLine {
  readonly label: string;
  readonly axis: 'x' | 'y';
  readonly value: number;
}

interface Base {
  readonly title: string;
  /** What one sees, in a sentence, for those who cannot see it too. */
  readonly about: string;
  readonly lines?: readonly ReferenceLine[];
}

/** Curves, distributions (CDF), load over time. */
export interface LineChart extends Base {
  readonly kind: 'line';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
    /** Low and high of each point: an interval, or a deviation. */
    readonly band?: readonly (readonly [low: number, high: number])[];
    /** A value holds until the next one. */
    readonly steps?: boolean;
  }[];
}

export interface BarChart extends Base {
  readonly kind: 'bar';
  readonly categories: readonly string[];
  readonly category: Axis;
  readonly y: Axis;
  readonly stacked?: boolean;
  readonly series: readonly {
    readonly name: string;
    /** `null`: there is none. */
    readonly values: readonly (number | null)[];
    /** Half of the interval of each value. */
    readonly half?: readonly (number | null)[];
  }[];
}

/** The distribution of a figure by category: over seeds, hosts or days. */
export interface BoxPlot extends Base {
  readonly kind: 'box';
  readonly category: Axis;
  readonly y: Axis;
  readonly boxes: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Hosts × time, sources × targets. `values[row][column]`, `null`: there is none. */
export interface HeatMap extends Base {
  readonly kind: 'heat';
  readonly x: Axis;
  readonly y: Axis;
  readonly columns: readonly (string | number)[];
  readonly rows: readonly (string | number)[];
  readonly value: Axis;
  readonly values: readonly (readonly (number | null)[])[];
}

export type Chart = LineChart | BarChart | BoxPlot | HeatMap;

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly label: string;
  readonly unit?: string;
  /** Digits after the point; unless given, as many as the figure needs. */
  readonly digits?: number;
}

/** A figure with half of its interval, text, or nothing. */
export type Cell = string | number | boolean | null | { readonly value: number; readonly half: number };
