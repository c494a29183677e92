import type { Random } from '../../support/random.js';
import type { MachineTrace, UsageTrace } from './usage-trace.js';

/** Of what a machine uses of memory, network and disk: what it always uses, what goes with its cpu, and what chance adds, at most. */
const coefficients = {
  /** The base is the machine's own, uniform between these. */
  memory: { base: [0.2, 0.6], byCpu: 0.3, noise: 0 },
  network: { base: [0.05, 0.05], byCpu: 0.6, noise: 0.1 },
  disk: { base: [0.05, 0.05], byCpu: 0.3, noise: 0 },
} as const;

type Derived = keyof typeof coefficients;
const resources: readonly Derived[] = ['memory', 'network', 'disk'];

/**
 * A trace with what it lacks of memory, network and disk: share = base + c·cpu + noise, at most 1, with c = 0.3, 0.6 and 0.3. Memory has a base of
 * its own for each machine, uniform from 0.2 to 0.6, the others 0.05; network has noise, uniform up to 0.1. What the trace has measured
 * stays as it is.
 */
export function withDerivedResources(trace: UsageTrace, random: Random): UsageTrace {
  const lacking = resources.filter((name) => trace.machines.some((machine) => machine[name] === undefined));
  if (lacking.length === 0) return trace;
  return {
    ...trace,
    notes: [
      ...trace.notes,
      `The use of ${lacking.join(', ')} is derived from cpu: a base, a part of cpu (0.3 of memory and disk, 0.6 of network), and noise.`,
    ],
    machines: trace.machines.map((machine) => derived(machine, random.split(machine.name))),
  };
}

function derived(machine: MachineTrace, random: Random): MachineTrace {
  const lacking = resources.filter((name) => machine[name] === undefined);
  const made = lacking.map((name) => {
    const {
      base: [least, most],
      byCpu,
      noise,
    } = coefficients[name];
    const draws = random.split(name);
    const base = least + (most - least) * draws.uniform();
    return [name, machine.cpu.map((cpu) => Math.min(1, base + byCpu * cpu + noise * draws.uniform()))] as const;
  });
  return { ...machine, ...Object.fromEntries(made) };
}
