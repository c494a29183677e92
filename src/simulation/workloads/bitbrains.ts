/** Bitbrains' traces (GWA-T-12): cpu, memory, disk and network of virtual machines every five minutes, as CSV, or cpu as OpenDC's parquet. */
import { parquetReadObjects } from 'hyparquet';
import { messageOf } from '../../support/errors.js';
import { minute } from '../../support/time.js';
import { amountIn, type DelimitedRow, placeOf, readDelimited } from './delimited.js';
import { type BadRecords, malformed } from './malformed.js';
import { textOf, type TraceFile } from './trace-files.js';
import type { MachineTrace } from './usage-trace.js';

export const bitbrainsInterval = 5 * minute;

/**
 * What a machine has of network and disk, which the trace does not say: a link of 1 Gbit/s, and 100 MB/s of disk. KB/s, of which the traces
 * speak, are 1,000 bytes a second.
 */
const assumed = { network: 125_000, disk: 100_000 };

const column = {
  usage: 'CPU usage [%]',
  memory: 'Memory capacity provisioned [KB]',
  memoryUsed: 'Memory usage [KB]',
  read: 'Disk read throughput [KB/s]',
  write: 'Disk write throughput [KB/s]',
  received: 'Network received throughput [KB/s]',
  sent: 'Network transmitted throughput [KB/s]',
} as const;

export const bitbrainsNotes: readonly string[] = [
  'Network and disk of Bitbrains are shares of a link of 1 Gbit/s and a disk of 100 MB/s, which the trace does not say.',
];

const begin = (file: TraceFile): string => textOf({ ...file, content: file.content.subarray(0, 512) });

export const isBitbrainsCsv = (file: TraceFile): boolean =>
  (begin(file).split('\n', 1)[0] ?? '').split(';').some((cell) => cell.trim() === column.usage);

/** One machine: a row for each sample. */
export function bitbrainsMachine(file: TraceFile, bad: BadRecords): readonly MachineTrace[] {
  const { rows } = readDelimited(file.name, textOf(file), ';', Object.values(column));
  const [cpu, memory, network, disk]: [number[], number[], number[], number[]] = [[], [], [], []];
  let last: Sample | undefined;
  for (const row of rows) {
    // what is skipped keeps its time: the sample before it stands for it
    const sample = sampleIn(file.name, row, bad) ?? last;
    if (!sample) continue;
    last = sample;
    cpu.push(sample.usage / 100);
    memory.push(sample.memory === 0 ? 0 : sample.memoryUsed / sample.memory);
    network.push((sample.received + sample.sent) / assumed.network);
    disk.push((sample.read + sample.write) / assumed.disk);
  }
  if (cpu.length < 2) {
    bad.add({ file: file.name }, 'it has fewer than two samples');
    return [];
  }
  const series = (values: readonly number[]) => Float64Array.from(values);
  return [
    {
      name: file.name.replace(/\.csv$/, ''),
      cpu: series(cpu),
      memory: series(memory),
      network: series(network),
      disk: series(disk),
    },
  ];
}

type Sample = Record<keyof typeof column, number>;

function sampleIn(file: string, row: DelimitedRow, bad: BadRecords): Sample | undefined {
  let isGood = true;
  const of = (name: keyof typeof column): number => {
    const amount = isGood ? amountIn(row, column[name]) : 0;
    if (typeof amount === 'number') return amount;
    isGood = false;
    bad.add(placeOf(file, row, column[name]), amount);
    return 0;
  };
  const [usage, memory, memoryUsed] = [of('usage'), of('memory'), of('memoryUsed')];
  const [read, write, received, sent] = [of('read'), of('write'), of('received'), of('sent')];
  return isGood ? { usage, memory, memoryUsed, read, write, received, sent } : undefined;
}

export const isParquet = ({ content }: TraceFile): boolean =>
  new TextDecoder('latin1').decode(content.subarray(0, 4)) === 'PAR1';

/** Of one fragment: a year. */
const mostSamples = (365 * 24 * 60 * minute) / bitbrainsInterval;

/**
 * OpenDC's pair of files: tasks (`id`, `cpu_capacity` in MHz, of all cores together) and fragments (`id`, `duration` in ms, `cpu_usage` in MHz).
 * Where the trace has gaps between fragments, or one is skipped, that is not seen: what follows moves up.
 */
export async function opendcMachines(files: readonly TraceFile[], bad: BadRecords): Promise<readonly MachineTrace[]> {
  const tasks = await tableWith(files, ['id', 'cpu_capacity'], 'tasks');
  const fragments = await tableWith(files, ['id', 'duration', 'cpu_usage'], 'fragments');
  const usages = new Map<number, number[]>();
  for (const [at, fragment] of fragments.rows.entries()) {
    const [id, duration, usage] = ['id', 'duration', 'cpu_usage'].map((name) => Number(fragment[name]));
    const samples = Math.max(1, Math.round((duration ?? 0) / bitbrainsInterval));
    if (id === undefined || usage === undefined || !(usage >= 0) || !(samples <= mostSamples)) {
      bad.add(
        { file: fragments.file, line: at + 1 },
        'a fragment needs an id, a duration of at most a year and a cpu_usage of 0 or more',
      );
      continue;
    }
    const own = usages.get(id) ?? [];
    for (let sample = 0; sample < samples; sample++) own.push(usage);
    usages.set(id, own);
  }
  return tasks.rows.flatMap((task, at): readonly MachineTrace[] => {
    const capacity = Number(task['cpu_capacity']);
    const usage = usages.get(Number(task['id']));
    if (capacity > 0 && usage && usage.length >= 2)
      return [{ name: String(Number(task['id'])), cpu: Float64Array.from(usage, (one) => one / capacity) }];
    bad.add({ file: tasks.file, line: at + 1 }, 'a task needs a capacity above 0 and two fragments');
    return [];
  });
}

interface ParquetTable {
  readonly file: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

async function tableWith(files: readonly TraceFile[], columns: readonly string[], what: string): Promise<ParquetTable> {
  for (const { name, content } of files) {
    const rows = await parquetRows(name, content);
    if (columns.every((one) => rows[0] && one in rows[0])) return { file: name, rows };
  }
  const named = files.map(({ name }) => name).join(', ');
  throw malformed({ file: named }, `there is no parquet file of ${what} (${columns.join(', ')})`);
}

async function parquetRows(file: string, content: Uint8Array): Promise<ParquetTable['rows']> {
  try {
    return await parquetReadObjects({ file: content.slice().buffer });
  } catch (error) {
    throw malformed({ file }, `it begins as a parquet file and cannot be read: ${messageOf(error)}`);
  }
}
