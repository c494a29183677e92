import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { NodeUse } from '../../scheduling/snapshot/node-info.js';
import type { Duration, Instant } from '../../support/time.js';
import type { Pressure, UseSample } from './use-source.js';

/** What a node used over a window. */
export interface WindowUse extends NodeUse {
  /** Of the means of the samples: what happens within one does not show. */
  readonly variance: Amounts;
  /** The use that was not exceeded for 95 % of the time, as far as samples tell. */
  readonly p95: Amounts;
  readonly pressure: Pressure;
}

export interface WindowLimits {
  readonly window: Duration;
  /** A resource whose last figure is older than that, compared with the last sample, is left out. */
  readonly maxAge: Duration;
  /** The most samples that are kept, however close they are. */
  readonly samples: number;
}

/** A part of a window, and for how long it speaks. */
interface Part {
  readonly sample: UseSample;
  readonly weight: Duration;
}

/** The samples of one node, those of the last `window`. */
export class SampleWindow {
  readonly #samples: UseSample[] = [];

  constructor(private readonly limits: WindowLimits) {}

  get last(): UseSample | undefined {
    return this.#samples.at(-1);
  }

  /** Returns whether it was newer than what is here, and of a span that can be. */
  add(sample: UseSample): boolean {
    const { last } = this;
    if (!(sample.from < sample.to) || (last && sample.to <= last.to)) return false;
    this.#samples.push(sample);
    this.#drop(sample.to - this.limits.window);
    return true;
  }

  /** `undefined` when there is no sample. */
  use(): WindowUse | undefined {
    const { last } = this;
    return last && windowUse(this.#samples, last.to - this.limits.window, last.to - this.limits.maxAge);
  }

  #drop(before: Instant): void {
    const first = this.#samples.findIndex(({ to }) => to > before);
    this.#samples.splice(0, Math.max(first, this.#samples.length - this.limits.samples));
  }
}

/**
 * Statistics of samples, in their order: each speaks for as long as it tells something that those before did not, so that
 * samples that overlap do not count twice and what lies between samples does not count. Pure.
 *
 * @param start nothing before counts
 * @param fresh a resource whose newest figure is not newer than this is left out
 */
export function windowUse(samples: readonly UseSample[], start: Instant, fresh: Instant): WindowUse | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last) return undefined;
  let covered = start;
  const parts: Part[] = [];
  for (const sample of samples) {
    const from = Math.max(sample.from, covered);
    if (sample.to > from) parts.push({ sample, weight: sample.to - from });
    covered = Math.max(covered, sample.to);
  }
  const mean: Record<string, number> = {};
  const variance: Record<string, number> = {};
  const p95: Record<string, number> = {};
  for (const name of namesOf(samples, ({ use }) => use, fresh)) {
    const values = valuesOf(parts, ({ use }) => use[name]);
    mean[name] = meanOf(values);
    variance[name] = varianceOf(values, mean[name]);
    p95[name] = quantileOf(values, 0.95);
  }
  const pressure: Record<string, number> = {};
  for (const name of namesOf(samples, pressureOf, fresh))
    pressure[name] = meanOf(valuesOf(parts, (sample) => pressureOf(sample)[name]));
  return { from: Math.max(first.from, start), to: last.to, mean, variance, p95, pressure };
}

/** A value and for how long it was the value. */
interface Weighted {
  readonly value: number;
  readonly weight: number;
}

type Figures = Readonly<Partial<Record<string, number>>>;

const pressureOf = ({ pressure = {} }: UseSample): Figures => pressure;

function namesOf(
  samples: readonly UseSample[],
  read: (sample: UseSample) => Figures,
  fresh: Instant,
): ReadonlySet<string> {
  return new Set(samples.filter(({ to }) => to > fresh).flatMap((sample) => Object.keys(read(sample))));
}

function valuesOf(parts: readonly Part[], read: (sample: UseSample) => number | undefined): readonly Weighted[] {
  const values: Weighted[] = [];
  for (const { sample, weight } of parts) {
    const value = read(sample);
    if (value !== undefined) values.push({ value, weight });
  }
  return values;
}

const totalOf = (values: readonly Weighted[], read: (value: number) => number): number =>
  values.reduce((total, { value, weight }) => total + weight * read(value), 0);

const weightOf = (values: readonly Weighted[]): number => totalOf(values, () => 1);

const meanOf = (values: readonly Weighted[]): number => totalOf(values, (value) => value) / weightOf(values);

/** Of the whole population: Σ w·(x − mean)² / Σ w. */
const varianceOf = (values: readonly Weighted[], mean: number): number =>
  totalOf(values, (value) => (value - mean) ** 2) / weightOf(values);

/** The least value that was not exceeded for `share` of the time (nearest rank, weighted). */
function quantileOf(values: readonly Weighted[], share: number): number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  // as a rest: what rounding leaves must not make the greatest value out of a tie
  let rest = share * weightOf(sorted) * (1 - 1e-12);
  for (const { value, weight } of sorted) {
    rest -= weight;
    if (rest <= 0) return value;
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}
