import { ContainerClaim } from '../../src/api/container-claim.js';
import { Pod } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { until } from '../measure.js';
import { namespace } from '../objects.js';
import { BareClaim, bareLabels } from './bare-claim.js';
import { ClaimTimer } from './claim-timer.js';
import { readyStock, removeBare } from './plain-client.js';

/** An operator that is measured: its claims are of a kind of its own, and it has a stock of its own on the same nodes. */
export interface Contender {
  readonly name: string;
  readonly timer: ClaimTimer;
  /** Waits until so many containers are in stock and ready. */
  stocked(count: number): Promise<void>;
  /** Deletes its claims, and the containers that they have. */
  release(): Promise<void>;
}

/** Penstock's operator with a pool. */
export async function penstock(cluster: Cluster, pool: string): Promise<Contender> {
  return {
    name: 'penstock',
    timer: await ClaimTimer.start(cluster, pool),
    async stocked(count) {
      // the pool's status is up to a second behind its stock
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await until(`a stock of ${count}`, async () => (await readyStock(cluster, pool)) >= count, 300_000);
    },
    release: () => removeClaims(cluster, ContainerClaim),
  };
}

/** The bare operator, which has no pools. */
export async function bareOperator(cluster: Cluster): Promise<Contender> {
  const inStock = async () => {
    const { items } = await cluster.list(Pod, { namespace, labels: `${bareLabels.state}=stocked` });
    return items.filter(({ status }) => status?.phase === 'Running').length;
  };
  return {
    name: 'bare operator',
    timer: await ClaimTimer.start(cluster, 'bare', BareClaim),
    stocked: (count) => until(`a bare stock of ${count}`, async () => (await inStock()) >= count, 300_000),
    async release() {
      await removeClaims(cluster, BareClaim);
      await removeBare(cluster);
    },
  };
}

async function removeClaims(cluster: Cluster, kind: Kind<ContainerClaim>): Promise<void> {
  const { items } = await cluster.list(kind, { namespace });
  await Promise.all(
    items.map(({ metadata: { name } }) => cluster.remove(kind, { namespace, name }, { flow: 'refill' })),
  );
}
