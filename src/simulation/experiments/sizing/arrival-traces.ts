/** Arrivals of public traces, and synthetic ones. All times count from a Monday, 2026-01-05, 00:00 UTC. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { day } from '../../../pools/sizing/index.js';
import type { Random } from '../../../support/random.js';
import { type Instant, minute, second } from '../../../support/time.js';
import { virtualEpoch } from '../../../support/virtual-clock.js';
import { amountIn, placeOf, readDelimited } from '../../workloads/delimited.js';
import { malformed } from '../../workloads/malformed.js';
import type { Span } from './stock-replay.js';

export const monday: Instant = virtualEpoch + 4 * day;

export interface Trace extends Span {
  readonly name: string;
  readonly about: string;
  /** One instant for each container that is asked for, in order. */
  readonly arrivals: Float64Array;
}

interface Source {
  readonly about: string;
  /** Below the folder of the traces. */
  readonly file: string;
  /** The column with the instant in seconds; rows without one were there before the trace began. */
  readonly column: string;
}

const sources: Readonly<Record<string, Source>> = {
  openb: {
    about: 'pods of a GPU cluster (Alibaba, 2023), 149 days, of which the first 115 saw 27 of 8,152',
    file: 'alibaba-gpu-v2023-openb/openb_pod_list_default.csv',
    column: 'creation_time',
  },
  dlrm: {
    about: 'instances of recommendation models (Alibaba, 2025), 31 days',
    file: 'alibaba-gpu-v2025-dlrm/disaggregated_DLRM_trace.csv',
    column: 'creation_time',
  },
};

export const traceNames: readonly string[] = [...Object.keys(sources), 'openb-busy', 'workdays', 'bursts'];

/** Why a trace cannot be read, and what to do; `undefined` when it can. */
export function lacksTrace(name: string, folder: string | undefined): string | undefined {
  if (!traceNames.includes(name)) return `there is no such trace, there are ${traceNames.join(', ')}`;
  const source = sources[name === 'openb-busy' ? 'openb' : name];
  if (!source) return undefined;
  if (folder === undefined) return `it needs a folder with ${source.file}`;
  return existsSync(join(folder, source.file)) ? undefined : `there is no ${source.file} in ${folder}`;
}

/** Made up, a new draw with each seed. */
const synthetics: Readonly<
  Record<string, { readonly about: string; readonly draw: (random: Random) => readonly Instant[] }>
> = {
  workdays: { about: 'four weeks, workdays from 9 to 17, batches of 1 to 8', draw: workdays },
  bursts: { about: 'four weeks, a batch of 40 each hour on the hour, little between', draw: bursts },
};

export const syntheticNames: readonly string[] = Object.keys(synthetics);

/**
 * @param random of synthetic ones
 * @param folder of the traces; only the public ones need it
 */
export function traceOf(name: string, random: Random, folder = ''): Trace {
  const made = synthetics[name];
  if (made) return synthetic(name, made.about, made.draw(random));
  if (name === 'openb-busy') return busy(traceOf('openb', random, folder));
  const source = sources[name];
  if (!source) throw new Error(`there is no trace ${name}: there are ${traceNames.join(', ')}`);
  const arrivals = instantsOf(join(folder, source.file), source.column);
  return { name, about: source.about, arrivals, from: monday, to: arrivals.at(-1) ?? monday };
}

/** The days after the first in which something went on: before, there is nothing that a stock could be sized for. */
function busy({ arrivals, to }: Trace): Trace {
  const from = monday + 115 * day;
  const about = 'the same without the 115 quiet days: 34 days';
  return { name: 'openb-busy', about, arrivals: arrivals.filter((at) => at >= from), from, to };
}

/** The times in a column of a file of comma-separated values, in order; rows without one were there before the trace began. */
function instantsOf(file: string, column: string): Float64Array {
  const instants: Instant[] = [];
  for (const row of readDelimited(file, readFileSync(file, 'utf8'), ',', [column]).rows) {
    if (row.cell(column) === '') continue;
    const seconds = amountIn(row, column);
    if (typeof seconds === 'string') throw malformed(placeOf(file, row, column), seconds);
    instants.push(monday + seconds * second);
  }
  return Float64Array.from(instants).sort();
}

const weeks = 4;

function synthetic(name: string, about: string, instants: readonly Instant[]): Trace {
  const arrivals = Float64Array.from(instants).sort();
  return { name, about, arrivals, from: monday, to: monday + weeks * 7 * day };
}

/** Batches by a Poisson process whose rate follows the hour of the week. */
function workdays(random: Random): readonly Instant[] {
  const out: Instant[] = [];
  for (let at = monday; at < monday + weeks * 7 * day; at += random.exponential(minute / 2)) {
    const inDay = (at % day) / (60 * minute);
    const weekend = Math.floor((at - monday) / day) % 7 >= 5;
    const share = weekend ? 0.02 : 0.03 + 0.97 * Math.max(0, Math.sin((Math.PI * (inDay - 8)) / 10));
    if (random.uniform() >= share) continue;
    const batch = 1 + Math.floor(8 * random.uniform() ** 2);
    for (let i = 0; i < batch; i++) out.push(at);
  }
  return out;
}

function bursts(random: Random): readonly Instant[] {
  const out: Instant[] = [];
  for (let at = monday; at < monday + weeks * 7 * day; at += 60 * minute) {
    const begin = at + second * random.uniform() * 30;
    for (let i = 0; i < 30 + 10 * random.uniform(); i++) out.push(begin + second * random.uniform() * 20);
    for (let next = at; next < at + 60 * minute; next += random.exponential(10 * minute)) out.push(next);
  }
  return out;
}
