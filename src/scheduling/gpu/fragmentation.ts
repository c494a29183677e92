import { bestCard, type GpuDemand, type GpuNode, leastGrowth, type TypicalPods } from '../kernels/fragmentation.js';
import type { PodShape } from '../pod-shape.js';
import type { ResourceColumn } from '../snapshot/columns.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { card, cardColumns, gpuMilli } from './cards.js';

/** A kind of pod that is typically asked for. */
export interface TypicalPod {
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Thousandths of a card: a share below 1000, else whole cards. */
  readonly gpu: number;
  /** How often, in proportion to the others. */
  readonly weight: number;
}

export function typicalPods(pods: readonly TypicalPod[]): TypicalPods {
  const total = pods.reduce((sum, { weight }) => sum + weight, 0);
  return {
    cpu: Float64Array.from(pods, ({ cpu }) => cpu),
    memory: Float64Array.from(pods, ({ memory }) => memory),
    milli: Float64Array.from(pods, ({ gpu }) => gpu),
    share: Float64Array.from(pods, ({ weight }) => weight / total),
  };
}

/** The kinds among some pods by what they request, with how often they occur, the most frequent first. */
export function typicalOf(shapes: readonly PodShape[]): readonly TypicalPod[] {
  const kinds = new Map<string, TypicalPod>();
  for (const { requests } of shapes) {
    const { cpu = 0, memory = 0, [gpuMilli]: gpu = 0 } = requests;
    const kind = [cpu, memory, gpu].join('/');
    kinds.set(kind, { cpu, memory, gpu, weight: (kinds.get(kind)?.weight ?? 0) + 1 });
  }
  return [...kinds.values()].sort((a, b) => b.weight - a.weight);
}

/** How GPU fragmentation grows when a pod is put onto nodes of a snapshot. Asked for some rows, and then done with. */
export class FragmentationGrowth {
  readonly #demand: GpuDemand;
  readonly #nodes: Snapshot;
  readonly #cards: readonly ResourceColumn[];
  readonly #typical: TypicalPods;
  readonly #node: GpuNode;

  constructor({ requests }: PodShape, nodes: Snapshot, typical: TypicalPods) {
    const { cpu = 0, memory = 0, [gpuMilli]: milli = 0 } = requests;
    this.#demand = { cpu, memory, milli };
    this.#nodes = nodes;
    this.#typical = typical;
    this.#cards = cardColumns(nodes);
    const { length } = this.#cards;
    this.#node = { cpu: 0, memory: 0, idle: new Float64Array(length), after: new Float64Array(length) };
  }

  /** In thousandths of a card; ∞ where the node has not the cards. */
  on(row: number): number {
    this.#read(row);
    return leastGrowth(this.#node, this.#demand, this.#typical);
  }

  /** The cards that the pod is to have on a row, by number; `undefined` where they are not there. */
  cards(row: number): readonly number[] | undefined {
    const { milli } = this.#demand;
    this.#read(row);
    if (milli > 0 && milli < card) {
      const at = bestCard(this.#node, this.#demand, this.#typical);
      return at < 0 ? undefined : [at];
    }
    const { idle } = this.#node;
    const whole = [...idle.keys()].filter((at) => idle[at]! >= card).slice(0, Math.ceil(milli / card));
    return whole.length * card >= milli ? whole : undefined;
  }

  #read(row: number): void {
    const node = this.#node;
    node.cpu = free(this.#nodes.column('cpu'), row);
    node.memory = free(this.#nodes.column('memory'), row);
    for (const [at, column] of this.#cards.entries()) node.idle[at] = free(column, row);
  }
}

const free = (column: ResourceColumn | undefined, row: number): number =>
  column ? column.capacity[row]! - column.requested[row]! : 0;
