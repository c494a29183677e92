/** The use of machines that host-level experiments are driven by: a trace that is named, or a synthetic one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Random } from '../../support/random.js';
import { minute } from '../../support/time.js';
import type { MachineTrace, UsageTrace } from '../workloads/usage-trace.js';

const samples = 288;

/** Parameters of experiments that are driven by the use of machines. */
export const traceParameters = {
  trace: z
    .string()
    .min(1)
    .optional()
    .describe('file or folder of a trace of the use of machines (default: a synthetic one)'),
};

export function loadTrace({ trace: path }: { readonly trace?: string | undefined }): UsageTrace | undefined {
  if (path === undefined) return undefined;
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  const names = header.split(',');
  const machines = names.map((name, index) => ({
    name,
    cpu: Float32Array.from(rows, (row) => (row[index] ?? 0) / 100),
  }));
  return { source: `${path}, ${names.length} machines`, notes: [], interval: 5 * minute, machines };
}

export function usageOf(loaded: UsageTrace | undefined, count: number, random: Random): UsageTrace {
  const trace = loaded ?? synthetic(count, random.split('synthetic'));
  const derive = random.split('derived');
  return { ...trace, machines: trace.machines.slice(0, count).map((one) => derived(one, derive)) };
}

function synthetic(count: number, random: Random): UsageTrace {
  const machines = Array.from({ length: count }, (_, index) => {
    const level = random.logNormal(0.08, 0.8);
    let state = 0;
    const cpu = Float32Array.from({ length: samples }, () => {
      state = 0.8 * state + 0.3 * Math.log(random.logNormal(1, 1));
      return Math.min(1, level * Math.exp(state));
    });
    return { name: `machine-${index}`, cpu };
  });
  return { source: 'synthetic', notes: [], interval: 5 * minute, machines };
}

function derived({ name, cpu }: MachineTrace, random: Random): MachineTrace {
  const base = 0.2 + 0.4 * random.uniform();
  return {
    name,
    cpu,
    memory: cpu.map((share) => Math.min(1, base + 0.3 * share)),
    network: cpu.map((share) => Math.min(1, 0.05 + 0.6 * share + 0.1 * random.uniform())),
    disk: cpu.map((share) => Math.min(1, 0.05 + 0.3 * share)),
  };
}
