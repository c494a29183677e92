/** What pods typically ask for, and how often: an entry of each array for each kind. */
export interface TypicalPods {
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  /** Thousandths of a card: a share below 1000, else whole cards. */
  readonly milli: Float64Array;
  /** p_m, which add up to 1. */
  readonly share: Float64Array;
}

const card = 1000;

/**
 * F_n = Σ_m p_m·F_n(m): idle thousandths of cards of which a typical pod could not make use. F_n(m) is all that is idle if the pod
 * cannot run there, or needs no card; else what is idle on cards with less of it than the pod asks of one.
 */
export function fragmentation(cpu: number, memory: number, idle: Float64Array, typical: TypicalPods): number {
  let total = 0;
  let whole = 0;
  for (let at = 0; at < idle.length; at++) {
    total += idle[at]!;
    if (idle[at]! >= card) whole++;
  }
  if (total === 0) return 0;
  let sum = 0;
  for (let m = 0; m < typical.share.length; m++) {
    const milli = typical.milli[m]!;
    let lost = total;
    if (milli > 0 && typical.cpu[m]! <= cpu && typical.memory[m]! <= memory && (milli < card || whole * card >= milli))
      lost = lostOn(idle, Math.min(milli, card));
    sum += typical.share[m]! * lost;
  }
  return sum;
}

function lostOn(idle: Float64Array, share: number): number {
  let lost = 0;
  for (let at = 0; at < idle.length; at++) if (idle[at]! < share) lost += idle[at]!;
  return lost;
}

/** Of a node: what is free of cpu and memory, and idle of each card. `after` is as long as `idle`, and overwritten by what follows. */
export interface GpuNode {
  cpu: number;
  memory: number;
  readonly idle: Float64Array;
  readonly after: Float64Array;
}

/** What a pod asks for. */
export interface GpuDemand {
  readonly cpu: number;
  readonly memory: number;
  /** Thousandths of a card: none, a share below 1000, or whole cards. */
  readonly milli: number;
}

/** F of the node with a pod that has a share of one card. */
function sharedFragmentation(
  node: GpuNode,
  { cpu, memory, milli }: GpuDemand,
  at: number,
  typical: TypicalPods,
): number {
  const { idle, after } = node;
  after.set(idle);
  after[at] = idle[at]! - milli;
  return fragmentation(node.cpu - cpu, node.memory - memory, after, typical);
}

/** The card on which a share makes F the least; −1 where it fits on none. */
export function bestCard(node: GpuNode, demand: GpuDemand, typical: TypicalPods): number {
  let best = -1;
  let least = Infinity;
  for (let at = 0; at < node.idle.length; at++) {
    // of cards with as much idle the first is as good as any
    if (node.idle[at]! < demand.milli || node.idle.indexOf(node.idle[at]!) < at) continue;
    const now = sharedFragmentation(node, demand, at, typical);
    if (now < least) [best, least] = [at, now];
  }
  return best;
}

/**
 * By how much F grows when a pod is put onto a node, a share on the card where that is the least; ∞ where its cards are not there.
 * Whole cards are alike and are taken from the first on.
 */
export function leastGrowth(node: GpuNode, demand: GpuDemand, typical: TypicalPods): number {
  const { cpu, memory, idle, after } = node;
  const { milli } = demand;
  if (milli > 0 && milli < card) {
    const at = bestCard(node, demand, typical);
    if (at < 0) return Infinity;
    return sharedFragmentation(node, demand, at, typical) - fragmentation(cpu, memory, idle, typical);
  }
  after.set(idle);
  if (!takeWhole(after, milli)) return Infinity;
  return (
    fragmentation(cpu - demand.cpu, memory - demand.memory, after, typical) - fragmentation(cpu, memory, idle, typical)
  );
}

function takeWhole(idle: Float64Array, milli: number): boolean {
  let missing = milli;
  for (let at = 0; at < idle.length && missing > 0; at++) {
    if (idle[at]! < card) continue;
    idle[at] = 0;
    missing -= card;
  }
  return missing <= 0;
}

/** The published score of a growth, from 0 to 100: ⌊100·sigmoid(−growth/1000)⌋; −1 where the cards are not there. */
export const scoreOfGrowth = (growth: number): number =>
  growth === Infinity ? -1 : Math.floor(100 / (1 + Math.exp(growth / 1000)));
