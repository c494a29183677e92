/** Machines that are on hosts already, arranged anew: by the rebalancer's moves, or all placed again by a policy. */
import type { LoadModel } from '../../scheduling/load/load-model.js';
import type { Random } from '../../support/random.js';
import { minute } from '../../support/time.js';
import type { MachineHosts } from '../engine/machine-hosts.js';
import { placeAnew } from '../engine/place-anew.js';
import { plannedRebalancer, rebalance } from '../engine/rebalancing.js';
import { comparedPolicies, policyOf } from './policies.js';

/** The rebalancer's own plans, carried out: it moves as little as it must, where policies place everything anew. */
export const byMoves = 'rebalancer';

export const arrangements = [byMoves, ...comparedPolicies] as const;

const planInterval = 5 * minute;
/** Two hours: more than the plans of any of these cases need. */
const plans = 24;

export interface Rearranged {
  /** Machines that are on another host than before. */
  readonly moves: number;
  /** Machines without a host. */
  readonly unplaced: number;
}

interface RearrangeOptions {
  /** Resources by importance. */
  readonly ranking: readonly string[];
  /** What the rebalancer keeps balanced. */
  readonly load: LoadModel;
  /** Of the policy, and of the order in which machines come. */
  readonly random: Random;
}

/** Arranges the machines and measures what they use then. */
export function rearrange(name: string, hosts: MachineHosts, { ranking, load, random }: RearrangeOptions): Rearranged {
  const before = hosts.rows;
  let unplaced = 0;
  if (name === byMoves) rebalance(hosts, plannedRebalancer(name, { load }), { interval: planInterval, plans });
  else {
    const order = shuffled(hosts.keys, random.split('order'));
    unplaced = placeAnew(hosts, policyOf(name, ranking), order, random.split('policy'));
  }
  hosts.settle(minute);
  return { moves: hosts.rows.filter((row, index) => row !== before[index]).length, unplaced };
}

/** Fisher–Yates. */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(random.integer(0, left.length - 1), 1));
  return order;
}
