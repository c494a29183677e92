import { ContainerClaim } from '../../../api/container-claim.js';
import { ContainerPool } from '../../../api/container-pool.js';
import type { Draft, Resource } from '../../../api/meta/resource.js';
import { NotFound } from '../../../cluster/errors.js';
import type { Random } from '../../../support/random.js';
import { minute } from '../../../support/time.js';
import { DeliveryObserver } from '../../control-plane/delivery-observer.js';
import { StockObserver } from '../../control-plane/stock-observer.js';
import type { Outcome } from '../experiment.js';
import type { RealCluster } from '../real-cluster.js';
import { arrivalsOf } from './arrivals.js';
import { type DeliveryTrial, outcomeOf } from './outcome.js';
import { claimOf, poolName, poolOf, stockOf } from './scenario.js';

/** The same claims in real time: what the stock is filled with, and claims of other namespaces, are not counted. */
export function deliverOnCluster(
  real: RealCluster,
  trial: DeliveryTrial,
  random: Random,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { policy, batch, arrivals } = trial;
  return real.within(`${policy}-${batch}-${arrivals}`, (namespace) => deliver(real, trial, namespace, random, signal));
}

async function deliver(
  { cluster, clock, image, command, until }: RealCluster,
  trial: DeliveryTrial,
  namespace: string,
  random: Random,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { policy, batch, arrivals, duration, containers, size, heldFor } = trial;
  const end = new AbortController();
  const deliveries = new DeliveryObserver(cluster, clock, namespace);
  const stock = new StockObserver(cluster, clock, namespace);
  const following = [deliveries, stock].map((observer) => observer.follow(end.signal));
  try {
    const wanted = stockOf(batch);
    const template = poolOf(policy, wanted, size, { image, command: [...command] });
    await cluster.create(ContainerPool, placed(template, namespace));
    if (policy === 'pool')
      await until(`${wanted} containers in stock of ${namespace}/${poolName}`, () => stock.ready >= wanted);
    stock.reset();
    const instants = arrivalsOf(arrivals, Math.max(1, containers / batch), duration, random.split('arrivals'));
    const begun = clock.now();
    const ends: Promise<void>[] = [];
    for (const [index, at] of instants.entries()) {
      await clock.sleep(Math.max(0, begun + at - clock.now()), signal);
      const draft = placed(claimOf(`c${index}`, policy, batch), namespace);
      await cluster.create(ContainerClaim, draft);
      const release = async () => {
        await clock.sleep(heldFor, signal);
        await cluster.remove(ContainerClaim, { namespace, name: `c${index}` });
      };
      ends.push(release().catch(unlessGone));
    }
    await clock.sleep(Math.max(0, begun + duration - clock.now()), signal);
    const { idleHours } = stock;
    const isServed = () => deliveries.deliveries.length >= instants.length && deliveries.waiting === 0;
    await until('all claims to be ready', isServed, 5 * minute);
    await Promise.all(ends);
    return outcomeOf(trial, deliveries.deliveries, stock, idleHours);
  } finally {
    end.abort();
    await Promise.all(following);
  }
}

const placed = <T extends Resource>(draft: Draft<T>, namespace: string): Draft<T> => ({
  ...draft,
  metadata: { ...draft.metadata, namespace },
});

function unlessGone(error: unknown): void {
  if (!(error instanceof NotFound)) throw error;
}
