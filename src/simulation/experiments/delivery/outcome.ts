import { hourlyPrice, type Prices } from '../../../scheduling/cost/cost.js';
import { quantile } from '../../../support/statistics.js';
import { type Duration, second } from '../../../support/time.js';
import type { Delivery } from '../../control-plane/delivery-observer.js';
import type { StockObserver } from '../../control-plane/stock-observer.js';
import type { Outcome } from '../experiment.js';
import type { Pattern } from './arrivals.js';
import type { ContainerSize, DeliveryPolicy, FaultName } from './scenario.js';

export interface DeliveryTrial {
  readonly policy: DeliveryPolicy;
  /** Containers of each claim. */
  readonly batch: number;
  readonly arrivals: Pattern;
  readonly fault: FaultName;
  readonly nodes: number;
  /** For how long claims come. */
  readonly duration: Duration;
  /** Containers asked for in that time, about. */
  readonly containers: number;
  readonly size: ContainerSize;
  readonly heldFor: Duration;
  readonly prices: Prices;
}

/** @param idleHours container-hours in stock while claims came */
export function outcomeOf(
  { prices, size: { cpu, memory } }: Pick<DeliveryTrial, 'prices' | 'size'>,
  deliveries: readonly Delivery[],
  { delivered, hits }: Pick<StockObserver, 'delivered' | 'hits'>,
  idleHours: number,
): Outcome {
  const latencies = deliveries
    .flatMap(({ created, ready }) => (ready === undefined ? [] : [(ready - created) / second]))
    .sort((a, b) => a - b);
  return {
    measures: {
      claims: deliveries.length,
      served: deliveries.length === 0 ? 1 : latencies.length / deliveries.length,
      ...(latencies.length > 0 && {
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
        p99: quantile(latencies, 0.99),
      }),
      ...(delivered > 0 && { hitRate: hits / delivered }),
      idleHours,
      idleCost: idleHours * hourlyPrice({ cpu, memory }, prices),
    },
    series: { latencies },
  };
}
