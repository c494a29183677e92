/** One day of the CPU traces of PlanetLab (CoMon), as CloudSim uses them: machines and their use, in thousandths of a core of 1,000 MIPS. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vmTypeOf } from '../src/simulation/engine/cloudsim-types.js';
import { minute } from '../src/support/time.js';

const mebibyte = 2 ** 20;
export const slot = 5 * minute;
export const slots = 288;
const file = 'planetlab/planetlab-20110303.csv';

export interface Machine {
  readonly name: string;
  readonly requests: { readonly cpu: number; readonly memory: number };
  /** What it uses, at any time of the day in slots: between two samples in a straight line. */
  cpu(time: number): number;
  memory(time: number): number;
  /** Of its cpu, at each slot. */
  readonly shares: Float64Array;
}

/** Where the trace is, or what is lacking, and what to do. */
export function planetlabFile(folder: string | undefined, variable: string): { readonly path: string } | string {
  if (folder === undefined) return `set ${variable} to a folder with ${file}`;
  const path = join(folder, file);
  return existsSync(path) ? { path } : `there is no ${path}`;
}

/**
 * The first machines of the trace, of four types in equal parts. A machine requests 15 % of its MIPS and 40 % of its memory. The trace has cpu
 * only: memory in use is 20 % of a machine's memory and as much again in proportion to its cpu.
 */
export function readMachines(path: string, count: number): readonly Machine[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return header
    .split(',')
    .slice(0, count)
    .map((name, index) => {
      const { mips, memory } = vmTypeOf(index, count);
      const shares = Float64Array.from({ length: slots }, (_, at) => (rows[at]?.[index] ?? 0) / 100);
      const share = (time: number) => {
        const at = Math.floor(time);
        const [one, next] = [shares[at] ?? 0, shares[Math.min(at + 1, slots - 1)] ?? 0];
        return one + (time - at) * (next - one);
      };
      return {
        name: `vm-${index}-${name.replaceAll('"', '')}`,
        requests: { cpu: 0.15 * mips, memory: Math.round(0.4 * memory) * mebibyte },
        shares,
        cpu: (time) => mips * share(time),
        memory: (time) => (0.2 + 0.2 * share(time)) * memory * mebibyte,
      };
    });
}
