import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { isTrue } from '../../src/runtime/index.js';
import { ms, print, rate, timed, until } from '../measure.js';
import { quantile } from '../../src/support/statistics.js';
import { claimDraft, namespace } from '../objects.js';
import { decisionTimes } from './decisions.js';
import { stockedWorld } from './world.js';

const count = 10_000;
const tenants = 10;
const pool = { namespace, name: 'bench' };

/**
 * 10,000 claims of one wait although there is stock: their tenants have all that they may. Then they may have more: how
 * fast are all of them served? And one claim of 10,000.
 */
export async function benchQueue(): Promise<void> {
  const whole = await oneClaim();
  const { cluster, stop } = await stockedWorld(count, 100);
  const setLimit = (most: number | null, paused: boolean) =>
    cluster.patch(
      ContainerPool,
      pool,
      mergePatch({ spec: { refill: { paused }, claims: { tenants: { default: { maxContainers: most } } } } }),
    );
  const counter = new Counter(cluster);
  await setLimit(1, false);
  await claim(cluster, 'first', tenants);
  await until('the first of each tenant', () => counter.delivered === tenants);
  await until('the stock', async () => ((await cluster.get(ContainerPool, pool)).status?.ready ?? 0) >= count);
  const joining = await timed(async () => {
    await claim(cluster, 'next', count);
    await until('all to wait', () => counter.waiting === count);
  });
  const admitting = await timed(async () => {
    await setLimit(null, true);
    await until('all to be served', () => counter.delivered === count + tenants);
  });
  counter.stop();
  await stop();
  const decisions = decisionTimes(count, tenants);
  print('queue in process', [
    { what: `${count} claims come and say their place`, figure: ms(joining), against: rate(count, joining) },
    {
      what: `${count} waiting claims admitted`,
      figure: ms(admitting),
      against: `${rate(count, admitting)}; aim > 1000/s`,
    },
    {
      what: `one decision about ${count} claims, half of them served`,
      figure: ms(quantile(decisions, 0.5)),
      against: 'without reading the cache',
    },
    { what: `one claim of ${count}, create → Ready`, figure: ms(whole), against: 'aim < 5000 ms' },
  ]);
}

async function claim(cluster: Cluster, prefix: string, claims: number): Promise<void> {
  for (let at = 0; at < claims; at++) {
    const { metadata, spec } = claimDraft(`${prefix}-${at}`, pool.name, 1);
    await cluster.create(ContainerClaim, { metadata, spec: { ...spec, tenant: `tenant-${at % tenants}` } });
  }
}

/** Counts claims as a client that watches them. */
class Counter {
  readonly #waiting = new Set<string>();
  readonly #delivered = new Set<string>();
  readonly #end = new AbortController();

  constructor(private readonly cluster: Cluster) {
    void this.#follow();
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get delivered(): number {
    return this.#delivered.size;
  }

  stop(): void {
    this.#end.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    let { resourceVersion: since } = await this.cluster.list(ContainerClaim, { namespace });
    while (!signal.aborted) {
      try {
        for await (const event of this.cluster.watch(ContainerClaim, { namespace, since }, { signal })) {
          since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
          if (event.type !== 'BOOKMARK') this.#see(event.object);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  #see({ metadata: { name }, status }: ContainerClaim): void {
    if (status?.queue) this.#waiting.add(name);
    if (!isTrue(status?.conditions, 'Delivered')) return;
    this.#waiting.delete(name);
    this.#delivered.add(name);
  }
}

async function oneClaim(): Promise<number> {
  const { cluster, stop } = await stockedWorld(count, 100);
  const time = await timed(async () => {
    await cluster.create(ContainerClaim, claimDraft('whole', pool.name, count));
    await until('the delivery', async () =>
      isTrue((await cluster.get(ContainerClaim, { namespace, name: 'whole' })).status?.conditions, 'Ready'),
    );
  });
  await stop();
  return time;
}
