import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { ConfigMap, Lease, Namespace } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { isTrue } from '../../src/runtime/index.js';
import { ms, print, type Row, until } from '../measure.js';
import { median, quantile } from '../../src/support/statistics.js';
import { claimDraft, poolDraft } from '../objects.js';
import { ClaimTimer } from '../server/claim-timer.js';
import { startEnvironment } from '../server/environment.js';
import { RunningOperator } from './operator.js';

const namespaces = 50;
const stock = 5;
/** Calls of this bench under way at once. */
const atOnce = 16;
/** In `default`, with stock for the claims that are timed. */
const own = { name: 'own', stock: 50 };

export interface ManyOptions {
  readonly pools?: string;
  readonly claims?: string;
}

/** Many pools and many claims at once on a real API server: one operator, as `penstock run` runs it. */
export async function benchMany({ pools = '1000', claims = '10000' }: ManyOptions): Promise<void> {
  const environment = await startEnvironment(['nodes'], nodesFor(Number(pools) * stock + Number(claims) + own.stock));
  const {
    plane,
    connection: { cluster },
  } = environment;
  let operator = await RunningOperator.start(plane.kubeconfig);
  const timer = await ClaimTimer.start(cluster, own.name);
  try {
    await cluster.create(ContainerPool, poolDraft(own.name, own.stock));
    await until('stock', () => isStocked(cluster, 'default', own.name, own.stock));
    const writes = new PlainWrites(cluster);
    const alone = await timed(timer, 'alone', 20);
    const aloneWrites = await writes.timed(20);
    const leases = new LeaseWatch(cluster);
    const rows: Row[] = [];
    const began = performance.now();
    await makePools(cluster, Number(pools));
    await until('all stock', () => allStocked(cluster, Number(pools)), 1_800_000);
    rows.push({ what: `${pools} pools of ${stock} stocked`, figure: seconds(performance.now() - began) });
    const loaded = performance.now();
    const created = makeClaims(cluster, Number(claims), Number(pools));
    const [during, duringWrites] = await Promise.all([timed(timer, 'during', 20), writes.timed(20), created]);
    await until('all claims', () => allServed(cluster, Number(claims)), 1_800_000);
    rows.push({ what: `${claims} claims of one served, stock refilled`, figure: seconds(performance.now() - loaded) });
    rows.push(...looks(operator, 'under load'));
    await quiet(operator);
    const beside = await timed(timer, 'beside', 20);
    const times = (some: readonly number[], one: readonly number[]) => `${(median(some) / median(one)).toFixed(1)} ×`;
    rows.push({
      what: 'a new claim beside all of them, create → Ready (median)',
      figure: ms(median(beside)),
      against: `alone ${ms(median(alone))}: ${times(beside, alone)} [aim ≤ 2]`,
    });
    rows.push({
      what: `a new claim while they are created, ${atOnce} calls at once`,
      figure: ms(median(during)),
      against: `alone ${ms(median(alone))}: ${times(during, alone)}; three writes of the bench alone and then ${ms(median(aloneWrites))} and ${ms(median(duringWrites))}: ${times(duringWrites, aloneWrites)}`,
    });
    await operator.stop('SIGKILL');
    const restarted = performance.now();
    operator = await RunningOperator.start(plane.kubeconfig);
    await quiet(operator);
    rows.push({
      what: 'quiet after a restart',
      figure: seconds(performance.now() - restarted),
      against: '[aim ≤ 30 s]',
    });
    rows.push(...looks(operator, 'after a restart'));
    // the first lease of the bench, and the one after the restart
    rows.push({ what: 'terms beside these two', figure: String(leases.transitions - 1), against: '[aim 0]' });
    leases.stop();
    print(`${pools} pools of ${stock} and ${claims} claims in ${namespaces} namespaces`, rows);
  } finally {
    timer.stop();
    await operator.stop('SIGKILL');
    await environment.stop();
  }
}

/** Nodes for so many pods, with room for those that come and go meanwhile. */
const nodesFor = (pods: number): number => Math.ceil(pods / 100);

function looks({ lag, peak }: RunningOperator, when: string): readonly Row[] {
  return [
    {
      what: `event loop ${when}: p99 of each half second`,
      figure: `${ms(quantile(lag.p99, 0.5))} / ${ms(quantile(lag.p99, 0.99))}`,
      against: `median / 99 %; longest delay ${ms(lag.longest)} [aim p99 < 50 ms]`,
    },
    { what: `memory ${when}, at its peak`, figure: `${Math.round(peak)} MB`, against: '[aim < 300 MB]' },
  ];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const namespaceOf = (at: number): string => `many-${at % namespaces}`;

async function each(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function makePools(cluster: Cluster, count: number): Promise<void> {
  await each(namespaces, (at) => cluster.create(Namespace, { metadata: { name: namespaceOf(at) } }));
  await each(count, (at) => {
    const { metadata, spec } = poolDraft(`pool-${at}`, stock);
    return cluster.create(ContainerPool, { metadata: { ...metadata, namespace: namespaceOf(at) }, spec });
  });
}

async function makeClaims(cluster: Cluster, count: number, pools: number): Promise<void> {
  await each(count, (at) => {
    const { metadata, spec } = claimDraft(`claim-${at}`, `pool-${at % pools}`, 1);
    return cluster.create(ContainerClaim, { metadata: { ...metadata, namespace: namespaceOf(at % pools) }, spec });
  });
}

async function timed(timer: ClaimTimer, name: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    times.push(await timer.deliver(`${name}-${at}`, 1));
    await new Promise((tick) => setTimeout(tick, 500));
  }
  return times;
}

async function isStocked(cluster: Cluster, namespace: string, name: string, ready: number): Promise<boolean> {
  return ((await cluster.get(ContainerPool, { namespace, name })).status?.ready ?? 0) >= ready;
}

async function allStocked(cluster: Cluster, count: number): Promise<boolean> {
  await new Promise((tick) => setTimeout(tick, 2000));
  const { items } = await cluster.list(ContainerPool, {});
  return (
    items.filter(({ metadata, status }) => metadata.name !== own.name && (status?.ready ?? 0) >= stock).length >= count
  );
}

async function allServed(cluster: Cluster, count: number): Promise<boolean> {
  await new Promise((tick) => setTimeout(tick, 2000));
  const { items } = await cluster.list(ContainerClaim, {});
  return items.filter(({ status }) => isTrue(status?.conditions, 'Ready')).length >= count;
}

/** For three seconds nothing waits. */
async function quiet(operator: RunningOperator): Promise<void> {
  for (let still = 0; still < 6; ) {
    await new Promise((tick) => setTimeout(tick, 500));
    still = operator.isQuiet ? still + 1 : 0;
  }
}

/** What the server gives to a client that does what a delivery does, one write after the other: a new object, a patch of it, and one more. */
class PlainWrites {
  #next = 0;

  constructor(private readonly cluster: Cluster) {}

  async timed(count: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (let at = 0; at < count; at++) {
      const name = { namespace: 'default', name: `plain-${this.#next++}` };
      const began = performance.now();
      await this.cluster.create(ConfigMap, { metadata: name });
      for (const value of ['first', 'second'])
        await this.cluster.patch(ConfigMap, name, mergePatch({ metadata: { labels: { patch: value } } }));
      times.push(performance.now() - began);
      await new Promise((tick) => setTimeout(tick, 500));
    }
    return times;
  }
}

/** Counts the terms of the operator's lease. */
class LeaseWatch {
  #first: number | undefined;
  #last = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(cluster: Cluster) {
    const look = async () => {
      const lease = await cluster
        .get(Lease, { namespace: 'default', name: 'penstock-operator' })
        .catch(() => undefined);
      const term = lease?.spec?.leaseTransitions;
      if (term === undefined) return;
      this.#first ??= term;
      this.#last = term;
    };
    this.#timer = setInterval(() => void look(), 1000);
  }

  get transitions(): number {
    return this.#last - (this.#first ?? 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
