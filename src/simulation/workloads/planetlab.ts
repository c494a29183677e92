/** PlanetLab's traces: cpu in whole per cent every five minutes, a file for each machine, or a column of a table. */
import { minute } from '../../support/time.js';
import { readDelimited } from './delimited.js';
import { type BadRecords, malformed } from './malformed.js';
import { textOf, type TraceFile } from './trace-files.js';
import type { MachineTrace } from './usage-trace.js';

export const planetlabInterval = 5 * minute;

const percent = /^\s*(\d{1,3})\s*$/;

/** A file with nothing but whole numbers, one a line. */
export const isPlanetlabFile = (file: TraceFile): boolean => /^\s*\d{1,3}\s*\n/.test(textOf(file).slice(0, 16));

/** A table whose header has names, and whose cells are whole numbers. */
export function isPlanetlabTable(file: TraceFile): boolean {
  const [header = '', first = ''] = textOf({ ...file, content: file.content.subarray(0, 2 ** 20) }).split(/\r?\n/, 2);
  return header.includes(',') && first !== '' && first.split(',').every((cell) => percent.test(cell));
}

export function planetlabMachines(files: readonly TraceFile[], bad: BadRecords): readonly MachineTrace[] {
  const machines: MachineTrace[] = [];
  let samples: number | undefined;
  for (const file of files) {
    const cpu = fileSamples(file, bad);
    if (cpu === undefined) continue;
    samples ??= cpu.length;
    if (cpu.length !== samples) {
      bad.add({ file: file.name }, `it has ${cpu.length} samples, the files before it have ${samples}`);
      continue;
    }
    machines.push({ name: file.name, cpu });
  }
  return machines;
}

function fileSamples(file: TraceFile, bad: BadRecords): Float64Array | undefined {
  const lines = textOf(file).trimEnd().split('\n');
  const cpu = new Float64Array(lines.length);
  for (const [at, line] of lines.entries()) {
    const share = shareOf(line);
    if (typeof share === 'string') {
      bad.add({ file: file.name, line: at + 1 }, share);
      return undefined;
    }
    cpu[at] = share;
  }
  if (cpu.length >= 2) return cpu;
  bad.add({ file: file.name }, 'it has fewer than two samples');
  return undefined;
}

function shareOf(text: string): number | string {
  const [, digits] = percent.exec(text) ?? [];
  if (digits === undefined) return `"${text.trim().slice(0, 40)}" is not a whole number of per cent`;
  const value = Number(digits);
  return value > 100 ? `${value} is more than 100 per cent` : value / 100;
}

export function planetlabTable(file: TraceFile, bad: BadRecords): readonly MachineTrace[] {
  const { columns, rows } = readDelimited(file.name, textOf(file), ',', []);
  if (rows.length < 2) throw malformed({ file: file.name }, 'it has fewer than two samples');
  return columns.flatMap((column): readonly MachineTrace[] => {
    const cpu = new Float64Array(rows.length);
    for (const [at, row] of rows.entries()) {
      const share = shareOf(row.cell(column));
      if (typeof share === 'string') {
        bad.add({ file: file.name, line: row.line, column }, share);
        return [];
      }
      cpu[at] = share;
    }
    return [{ name: column, cpu }];
  });
}
