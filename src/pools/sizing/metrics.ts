import { Counter, Gauge, type Registry } from 'prom-client';
import type { Ref } from '../../api/meta/resource.js';
import { type Duration, second } from '../../support/time.js';

/** Where the sizes of pools are reported. */
export interface PoolMetrics {
  asked(pool: Ref, containers: number): void;
  sized(pool: Ref, stock: number, lead: Duration): void;
  /** A container left the stock, undelivered. @param cause in one word */
  retired(pool: Ref, cause: string): void;
  forgotten(pool: Ref): void;
}

export const unobserved: PoolMetrics = {
  asked: () => {},
  sized: () => {},
  retired: () => {},
  forgotten: () => {},
};

/** `penstock_pool_retired_total` of all pools; `penstock_pool_demand_total`, `penstock_pool_sized_stock`, `penstock_pool_lead_time_seconds`, of pools that size themselves. */
export function poolMetrics(registry: Registry): PoolMetrics {
  const labelNames = ['namespace', 'pool'];
  const registers = [registry];
  const demand = new Counter({
    name: 'penstock_pool_demand_total',
    help: 'Containers that claims asked of a pool that sizes itself.',
    labelNames,
    registers,
  });
  const stock = new Gauge({
    name: 'penstock_pool_sized_stock',
    help: 'The stock that demand asks for, within the limits of the pool.',
    labelNames,
    registers,
  });
  const leadTime = new Gauge({
    name: 'penstock_pool_lead_time_seconds',
    help: 'How long a container takes from its creation until it is ready.',
    labelNames,
    registers,
  });
  const retired = new Counter({
    name: 'penstock_pool_retired_total',
    help: 'Containers that left the stock undelivered, by cause.',
    labelNames: [...labelNames, 'cause'],
    registers,
  });
  const labelsOf = ({ namespace = '', name }: Ref) => ({ namespace, pool: name });
  return {
    asked: (pool, containers) => demand.inc(labelsOf(pool), containers),
    sized: (pool, size, lead) => {
      stock.set(labelsOf(pool), size);
      leadTime.set(labelsOf(pool), lead / second);
    },
    retired: (pool, cause) => retired.inc({ ...labelsOf(pool), cause }),
    forgotten: (pool) => {
      stock.remove(labelsOf(pool));
      leadTime.remove(labelsOf(pool));
    },
  };
}
