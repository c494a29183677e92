/** The use of machines that host-level experiments are driven by: a trace that is named, or a synthetic one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import type { Random } from '../../support/random.js';
import { minute } from '../../support/time.js';
import type { MachineTrace, UsageTrace } from '../workloads/usage-trace.js';

/** Parameters of experiments that are driven by the use of machines. */
export const traceParameters = {
  trace: z
    .string()
    .min(1)
    .optional()
    .describe('file of a trace of cpu use, a column for each machine (default: a synthetic trace)'),
};

const interval = 5 * minute;
const samplesOfDay = 288;

/** How what a trace lacks is made up, for reports. */
export const derivedNote =
  'Only cpu is measured. Of its memory a machine uses a share that is drawn between 20 and 60 %, and 0.3 of its cpu share beside; of its network 5 %, 0.6 of its cpu share, and up to 10 % more, drawn for each sample; of its disk 5 % and 0.3 of its cpu share.';

const syntheticNote =
  'The trace is synthetic: the mean cpu of a machine is log-normal with a median of 8 %, its course an autoregressive process of order one (0.8) in logarithms.';

/**
 * A table of percentages, a row for each five minutes and a column for each machine.
 * @throws CodedError `TRACE_INVALID`
 */
export function loadTrace({ trace: path }: { readonly trace?: string | undefined }): UsageTrace | undefined {
  if (path === undefined) return undefined;
  const [header = '', ...lines] = textOf(path).trimEnd().split('\n');
  const names = header.split(',').map((name) => name.replaceAll('"', '').trim());
  const rows = lines.map((line, index) => rowOf(line, names.length, `${path}, line ${index + 2}`));
  if (rows.length === 0) throw invalid(`${path} has no samples`);
  const machines = names.map((name, column) => ({ name, cpu: Float32Array.from(rows, (row) => row[column] ?? 0) }));
  const source = `${path}: ${names.length} machines, ${rows.length} samples, one every five minutes`;
  return { source, notes: [derivedNote], interval, machines };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`cannot read the trace: ${messageOf(error)}`);
  }
}

function rowOf(line: string, columns: number, where: string): Float32Array {
  const cells = line.split(',');
  if (cells.length !== columns) throw invalid(`${where}: ${cells.length} cells, the header has ${columns}`);
  return Float32Array.from(cells, (cell, column) => {
    const percent = cell.trim() === '' ? Number.NaN : Number(cell);
    if (!(percent >= 0 && percent <= 100))
      throw invalid(`${where}: cell ${column + 1} is ${cell.trim() || 'empty'}, no percentage`);
    return percent / 100;
  });
}

const invalid = (message: string): CodedError =>
  new CodedError(
    'TRACE_INVALID',
    message,
    'a trace is a table: names of machines, then a row of cpu percentages for each five minutes',
    exitCodes.invalid,
  );

/** What there is to know of the input, for results. */
export const traceNotes = (loaded: UsageTrace | undefined): readonly string[] =>
  loaded ? [loaded.source, ...loaded.notes] : [syntheticNote, derivedNote];

/** The first machines of the trace, or as many synthetic ones, with all resources. */
export function usageOf(loaded: UsageTrace | undefined, count: number, random: Random): UsageTrace {
  const trace = loaded ?? synthetic(count, random.split('synthetic'));
  const derive = random.split('derived');
  return { ...trace, machines: trace.machines.slice(0, count).map((one) => withDerived(one, derive)) };
}

function synthetic(count: number, random: Random): UsageTrace {
  const machines = Array.from({ length: count }, (_, index) => {
    const level = random.logNormal(0.08, 0.8);
    let state = 0;
    const cpu = Float32Array.from({ length: samplesOfDay }, () => {
      state = 0.8 * state + 0.3 * Math.log(random.logNormal(1, 1));
      return Math.min(1, level * Math.exp(state));
    });
    return { name: `machine-${index + 1}`, cpu };
  });
  return { source: 'synthetic', notes: [], interval, machines };
}

/** See `derivedNote`. */
function withDerived({ name, cpu, ...measured }: MachineTrace, random: Random): MachineTrace {
  const base = 0.2 + 0.4 * random.uniform();
  return {
    name,
    cpu,
    memory: cpu.map((share) => Math.min(1, base + 0.3 * share)),
    network: cpu.map((share) => Math.min(1, 0.05 + 0.6 * share + 0.1 * random.uniform())),
    disk: cpu.map((share) => Math.min(1, 0.05 + 0.3 * share)),
    ...measured,
  };
}
