import { Counter, Gauge, type Registry } from 'prom-client';
import type { Move, Plan } from './planning/plan.js';

/** How a move was begun: asked of its owner, evicted, or refused by a disruption budget. */
export type MoveOutcome = 'requested' | 'evicted' | 'refused' | 'gone' | 'failed';

/** Hears what the rebalancer does. */
export interface RebalancerMetrics {
  planned(plan: Plan): void;
  moved(move: Move, outcome: MoveOutcome): void;
  withdrawn(): void;
}

export const unmeasured: RebalancerMetrics = { planned: () => {}, moved: () => {}, withdrawn: () => {} };

export function rebalancerMetrics(registry: Registry): RebalancerMetrics {
  const registers = [registry];
  const moves = new Counter({
    name: 'penstock_rebalancer_moves_total',
    help: 'Moves that were begun, by why, and what came of it.',
    labelNames: ['reason', 'outcome'],
    registers,
  });
  const withdrawn = new Counter({
    name: 'penstock_rebalancer_withdrawn_requests_total',
    help: 'Eviction requests that were taken back since nobody fulfilled them.',
    registers,
  });
  const imbalance = new Gauge({
    name: 'penstock_rebalancer_imbalance',
    help: 'The standard deviation of the composite load over the nodes in use.',
    registers,
  });
  const nodes = new Gauge({
    name: 'penstock_rebalancer_nodes',
    help: 'Nodes that are hot, and those that are being emptied or can be stopped.',
    labelNames: ['state'],
    registers,
  });
  return {
    planned: ({ hot, stoppable, imbalance: { before } }) => {
      imbalance.set(before);
      nodes.set({ state: 'hot' }, hot.length);
      nodes.set({ state: 'emptying' }, stoppable.filter(({ leaving }) => leaving.length > 0).length);
      nodes.set({ state: 'stoppable' }, stoppable.filter(({ leaving }) => leaving.length === 0).length);
    },
    moved: ({ reason }, outcome) => moves.inc({ reason, outcome }),
    withdrawn: () => withdrawn.inc(),
  };
}
