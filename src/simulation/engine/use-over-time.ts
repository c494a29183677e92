/** What machines use over time, as arrays: samples × machines for each resource. */
import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { MachineTrace, UsageTrace } from '../workloads/usage-trace.js';

export const tracedResources = ['cpu', 'memory', 'network', 'disk'] as const;
export type TracedResource = (typeof tracedResources)[number];

export class UseOverTime {
  readonly samples: number;
  readonly machines: number;
  readonly #use: Readonly<Record<TracedResource, Float64Array>>;

  /**
   * @param machines of the trace
   * @param capacities what each machine has: the trace's shares are of that. A resource that was not measured counts as not used.
   */
  constructor(machines: UsageTrace['machines'], capacities: readonly Amounts[]) {
    this.machines = machines.length;
    this.samples = machines.reduce((least, { cpu }) => Math.min(least, cpu.length), Infinity);
    if (this.samples === Infinity) this.samples = 0;
    const of = (resource: TracedResource) => this.#amounts(machines, capacities, resource);
    this.#use = { cpu: of('cpu'), memory: of('memory'), network: of('network'), disk: of('disk') };
  }

  /** What a machine uses at a sample. */
  at(machine: number, sample: number): Record<TracedResource, number> {
    return this.mean(machine, sample, sample + 1);
  }

  /** The mean of a machine over the samples from `from` to before `to`. */
  mean(machine: number, from: number, to: number): Record<TracedResource, number> {
    const of = (resource: TracedResource) => {
      let sum = 0;
      for (let sample = from; sample < to; sample++) sum += this.#use[resource][sample * this.machines + machine]!;
      return sum / (to - from);
    };
    return { cpu: of('cpu'), memory: of('memory'), network: of('network'), disk: of('disk') };
  }

  /**
   * What the machines on each row use at a sample, into `out`.
   * @param rows the row of each machine; -1: it is on none
   */
  addUp(resource: TracedResource, sample: number, rows: ArrayLike<number>, out: Float64Array): void {
    out.fill(0);
    const use = this.#use[resource];
    const at = sample * this.machines;
    for (let machine = 0; machine < this.machines; machine++) {
      const row = rows[machine]!;
      if (row >= 0) out[row]! += use[at + machine]!;
    }
  }

  #amounts(machines: readonly MachineTrace[], capacities: readonly Amounts[], resource: TracedResource): Float64Array {
    const amounts = new Float64Array(this.samples * this.machines);
    for (const [machine, trace] of machines.entries()) {
      const [shares, capacity] = [trace[resource], capacities[machine]?.[resource] ?? 0];
      if (!shares) continue;
      for (let sample = 0; sample < this.samples; sample++)
        amounts[sample * this.machines + machine] = capacity * (shares[sample] ?? 0);
    }
    return amounts;
  }
}
