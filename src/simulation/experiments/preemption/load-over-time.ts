/** The loads of nodes, one sample after the other. */
import { mean } from '../../../support/statistics.js';

export class LoadOverTime {
  readonly #samples: Float64Array[] = [];

  /** @param loads of each node; kept */
  add(loads: Float64Array): void {
    this.#samples.push(loads);
  }

  /** Of all nodes, over all samples. */
  get mean(): number {
    return mean(this.means);
  }

  /** Of all nodes, at each sample. */
  get means(): readonly number[] {
    return this.#samples.map((loads) => loads.reduce((sum, load) => sum + load, 0) / loads.length);
  }

  /** The standard deviation over the nodes, at each sample. */
  get deviations(): readonly number[] {
    return this.#samples.map((loads) => {
      const middle = loads.reduce((sum, load) => sum + load, 0) / loads.length;
      return Math.sqrt(loads.reduce((sum, load) => sum + (load - middle) ** 2, 0) / loads.length);
    });
  }

  /** Of each node over time, the mean of all nodes. */
  get variance(): number {
    return varianceOf(this.#samples);
  }

  /** The same of parts of equal length: what changes from one part to the next does not count. */
  varianceWithin(parts: number): number {
    return mean(Array.from({ length: parts }, (_, index) => this.part(index, parts).variance));
  }

  /** Those of one part of `parts`. */
  part(index: number, parts: number): LoadOverTime {
    const one = new LoadOverTime();
    const length = this.#samples.length / parts;
    for (const loads of this.#samples.slice(Math.floor(index * length), Math.floor((index + 1) * length)))
      one.add(loads);
    return one;
  }
}

function varianceOf(samples: readonly Float64Array[]): number {
  const nodes = samples[0]?.length ?? 0;
  let total = 0;
  for (let node = 0; node < nodes; node++) {
    const middle = samples.reduce((sum, loads) => sum + (loads[node] ?? 0), 0) / samples.length;
    total += samples.reduce((sum, loads) => sum + ((loads[node] ?? 0) - middle) ** 2, 0) / samples.length;
  }
  return nodes === 0 ? 0 : total / nodes;
}
