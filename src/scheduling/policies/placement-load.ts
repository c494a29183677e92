import { z } from 'zod';
import { createLoadModel, loadSettings } from '../load/index.js';
import type { LoadModel } from '../load/load-model.js';
import { Threshold } from '../load/threshold.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Term } from './policy.js';

/** Settings of the policies that look at the load which a pod would leave. */
export const placementLoadSettings = z.strictObject({
  load: loadSettings.prefault({}),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe('A node with a resource used beyond this share of its capacity comes after all others.'),
  deviations: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe('How many standard deviations of its measured use count as used beside the mean (z).'),
});

export type PlacementLoadSettings = z.output<typeof placementLoadSettings>;

/** What a pod would leave of nodes: their load, and how many of their resources would be over the threshold. */
export class PlacementLoad {
  readonly #model: LoadModel;
  readonly #threshold: Threshold;
  readonly #share: number;
  #counts = new Uint8Array(0);

  constructor({ load, threshold, deviations }: PlacementLoadSettings) {
    this.#model = createLoadModel(load, { deviations });
    this.#threshold = new Threshold(this.resources, threshold, { deviations });
    this.#share = threshold;
  }

  get resources(): readonly string[] {
    return Object.keys(this.#model.weights);
  }

  /** For each resource over the threshold. More than the loads of any two nodes without one can differ by. */
  get penalty(): number {
    return 1 + this.#model.uniform(this.#share);
  }

  /** Loads into `out`; returns how many resources are over, which is overwritten by the next call. */
  all(pod: PodShape, nodes: Snapshot, out: Float64Array): Uint8Array {
    const added = nodes.vector(pod.estimate);
    if (this.#counts.length < nodes.rows) this.#counts = new Uint8Array(nodes.present.length);
    this.#model.loads(nodes, added, out);
    this.#threshold.counts(nodes, added, this.#counts);
    return this.#counts;
  }

  one(pod: PodShape, nodes: Snapshot, row: number): { readonly load: number; readonly over: number } {
    const added = nodes.vector(pod.estimate);
    return { load: this.#model.load(nodes, row, added), over: this.#threshold.over(nodes, row, added).length };
  }

  /** Terms that add up to `sign · load − penalty · over`. */
  terms(pod: PodShape, nodes: Snapshot, row: number, sign: 1 | -1): readonly Term[] {
    const added = nodes.vector(pod.estimate);
    const terms: Term[] = this.#model.terms(nodes, row, added).map(({ resource, utilization, weight, part }) => ({
      name: resource,
      value: sign * part,
      detail: `${round(100 * utilization)} % used with the pod, weight ${round(weight)}`,
    }));
    const idle = this.#model.uniform(0);
    if (idle !== 0) terms.unshift({ name: 'idle', value: sign * idle, detail: 'the load of an empty node' });
    const over = this.#threshold.over(nodes, row, added);
    if (over.length > 0)
      terms.push({
        name: 'threshold',
        value: -this.penalty * over.length,
        detail: `${over.join(', ')} over ${round(100 * this.#share)} %`,
      });
    return terms;
  }
}

const round = (value: number): number => Number(value.toPrecision(3));
