import { basename } from 'node:path';
import { CodedError, exitCodes } from '../../support/errors.js';
import {
  bitbrainsInterval,
  bitbrainsMachine,
  bitbrainsNotes,
  isBitbrainsCsv,
  isParquet,
  opendcMachines,
} from './bitbrains.js';
import { BadRecords, malformed } from './malformed.js';
import {
  isPlanetlabFile,
  isPlanetlabTable,
  planetlabInterval,
  planetlabMachines,
  planetlabTable,
} from './planetlab.js';
import { readTraceFiles, type TraceFile } from './trace-files.js';
import type { UsageTrace } from './usage-trace.js';

export interface UsageTraceOptions {
  /** Leaves out what cannot be read, and says so in the notes; absent: it is an error. */
  readonly skipBad?: boolean;
  /** Which folder of a trace of several days; the first when absent. */
  readonly day?: string | undefined;
}

/**
 * A trace of the use of machines, its format recognised by what is in it: PlanetLab (a folder of files, a table, or an archive of either),
 * Bitbrains (CSV, one file or a folder), OpenDC (a folder with two parquet files).
 *
 * @throws CodedError `TRACE_MISSING`, `MALFORMED_TRACE` with file, line and reason, `UNKNOWN_DAY`
 */
export async function readUsageTrace(
  path: string,
  { skipBad = false, day }: UsageTraceOptions = {},
): Promise<UsageTrace> {
  const all = readTraceFiles(path);
  const { files, notes } = ofOneDay(all.files, day);
  const bad = new BadRecords(skipBad);
  const trace = await machinesOf(path, files, bad);
  if (trace.machines.length === 0) throw malformed({ file: path }, 'there is no machine in it');
  return {
    source: `${trace.format}, ${basename(path)}, ${trace.machines.length} machines`,
    notes: [...notes, ...trace.notes, ...bad.notes()],
    interval: trace.interval,
    machines: trace.machines,
  };
}

const isKnown = (file: TraceFile): boolean =>
  [isParquet, isBitbrainsCsv, isPlanetlabTable, isPlanetlabFile].some((is) => is(file));

type Read = Pick<UsageTrace, 'machines' | 'interval' | 'notes'> & { readonly format: string };

async function machinesOf(path: string, files: readonly TraceFile[], bad: BadRecords): Promise<Read> {
  const first = files.find(isKnown) ?? files[0];
  if (!first) throw malformed({ file: path }, 'there are no files in it');
  if (files.every(({ content }) => content.length === 0)) throw malformed({ file: first.name }, 'the file is empty');
  if (isParquet(first))
    return {
      format: 'OpenDC',
      machines: await opendcMachines(files.filter(isParquet), bad),
      interval: bitbrainsInterval,
      notes: [],
    };
  if (isBitbrainsCsv(first))
    return {
      format: 'Bitbrains',
      machines: known(files, isBitbrainsCsv, bad).flatMap((file) => bitbrainsMachine(file, bad)),
      interval: bitbrainsInterval,
      notes: bitbrainsNotes,
    };
  const planetlab = { format: 'PlanetLab', interval: planetlabInterval, notes: [] };
  if (isPlanetlabTable(first))
    return { ...planetlab, machines: known(files, isPlanetlabTable, bad).flatMap((file) => planetlabTable(file, bad)) };
  if (files.some(isPlanetlabFile)) return { ...planetlab, machines: planetlabMachines(files, bad) };
  throw malformed(
    { file: files.length === 1 ? first.name : path },
    'its format is not known: it must be of PlanetLab (whole per cents, a file for each machine, or a table), Bitbrains (CSV with semicolons) or OpenDC (parquet)',
  );
}

/** The others are bad records: nobody said that they are no part of it. */
function known(files: readonly TraceFile[], is: (file: TraceFile) => boolean, bad: BadRecords): readonly TraceFile[] {
  return files.filter((file) => {
    if (is(file)) return true;
    bad.add({ file: file.name }, 'it is not of the same format as the others');
    return false;
  });
}

/** The days that a trace has, in the order of their names; one without a name: it has a single one. @throws as `readUsageTrace` */
export const daysOfTrace = (path: string): readonly string[] => foldersOf(readTraceFiles(path).files);

function foldersOf(files: readonly TraceFile[]): readonly string[] {
  // folders beside files at the top are something else
  const isFlat = files.some(({ folder }) => folder === '');
  return isFlat ? [''] : [...new Set(files.map(({ folder }) => folder))];
}

/** Of an archive of several days only one. */
function ofOneDay(
  files: readonly TraceFile[],
  day: string | undefined,
): { readonly files: readonly TraceFile[]; readonly notes: readonly string[] } {
  const folders = foldersOf(files);
  const chosen = day ?? folders[0] ?? '';
  if (!folders.includes(chosen))
    throw new CodedError(
      'UNKNOWN_DAY',
      `the trace has no day ${chosen}`,
      folders.every((one) => one === '') ? 'it has one day only, without a name' : `it has ${folders.join(', ')}`,
      exitCodes.invalid,
    );
  const notes = folders.length > 1 && day === undefined ? [`Of ${folders.length} days the first, ${chosen}.`] : [];
  return { files: files.filter(({ folder }) => folder === chosen), notes };
}
