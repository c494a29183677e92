import type { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import type { Pod } from '../../api/kubernetes.js';
import { containersOf, createClaim, follow, untilReady } from '../../client/index.js';
import { createOperator } from '../../operator/index.js';
import type { Clock } from '../../support/clock.js';
import { CodedError } from '../../support/errors.js';
import { silentLogger } from '../../support/log.js';
import type { Random } from '../../support/random.js';
import { type Duration, formatDuration, type Instant } from '../../support/time.js';
import type { Progress } from '../progress/progress.js';
import { CountingCluster, type WriteCounts } from './counting-cluster.js';
import { demoClaim, demoPool } from './objects.js';
import type { Place } from './place.js';
import { type Sighting, Sightings } from './sightings.js';

export interface Scenario {
  /** Containers to keep in stock. */
  readonly containers: number;
  /** Containers to claim. */
  readonly claim: number;
}

/** A batch as it was delivered. */
export interface Batch {
  readonly claim: ContainerClaim;
  readonly pods: readonly Pod[];
  readonly createdAt: Instant;
  readonly sightings: readonly Sighting[];
  /** From the claim's creation until its status said that all of it is ready. */
  readonly took: Duration;
  readonly before: WriteCounts;
  readonly after: WriteCounts;
}

export interface Outcome {
  readonly stocked: Duration;
  readonly warm: Batch;
  readonly cold: Batch;
}

interface Parts {
  readonly place: Place;
  readonly clock: Clock;
  readonly random: Random;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const pools = { stocked: 'web', empty: 'web-cold' } as const;

/** Stocks a pool, delivers a claim from it, then the same claim with nothing in stock. */
export async function playStory(parts: Parts, scenario: Scenario): Promise<Outcome> {
  const { place, clock, random, progress, signal } = parts;
  const counting = new CountingCluster(place.cluster);
  const operator = createOperator({
    cluster: counting,
    clock,
    random: random.split('operator'),
    logger: silentLogger,
    namespaces: [place.namespace],
  });
  try {
    await operator.start();
    const start = clock.now();
    const { containers, claim } = scenario;
    await progress.step(`Stocking pool ${pools.stocked} with ${containers} containers`, async (report) => {
      await place.cluster.create(ContainerPool, demoPool(pools.stocked, place.namespace, containers, place.placement));
      await place.cluster.create(ContainerPool, demoPool(pools.empty, place.namespace, 0, place.placement));
      await untilStocked(parts, { containers, delivered: 0 }, report);
    });
    const stocked = clock.now() - start;
    const warm = await progress.step(`Delivering a claim for ${claim} containers`, (report) =>
      deliver(parts, counting, demoClaim('from-stock', place.namespace, pools.stocked, claim, 'Wait'), report),
    );
    await progress.step('Letting the stock fill up again', (report) =>
      untilStocked(parts, { containers, delivered: claim }, report),
    );
    const cold = await progress.step(`Delivering the same ${claim} containers cold, from an empty pool`, (report) =>
      deliver(parts, counting, demoClaim('cold', place.namespace, pools.empty, claim, 'Cold'), report),
    );
    signal.throwIfAborted();
    return { stocked, warm, cold };
  } finally {
    await operator.stop();
  }
}

/** The pool's status may be from before the delivery: it is current when it counts what was delivered. */
async function untilStocked(
  { place, clock, signal }: Parts,
  { containers, delivered }: { readonly containers: number; readonly delivered: number },
  report: (text: string) => void,
): Promise<void> {
  const parts = { cluster: place.cluster, clock, signal };
  for await (const pool of follow(parts, ContainerPool, { namespace: place.namespace, name: pools.stocked })) {
    if (!pool) throw new CodedError('DEMO_DISTURBED', `somebody deleted pool ${pools.stocked} of the demo`);
    const { ready = 0, starting = 0, delivered: counted = 0 } = pool.status ?? {};
    if (counted < delivered) continue;
    const trouble = pool.status?.conditions?.find(({ type, status }) => type === 'Degraded' && status === 'True');
    const starts = starting > 0 ? `, ${starting} starting` : '';
    report(`${ready} of ${containers} ready${trouble ? `; ${trouble.message}` : starts}`);
    if (ready >= containers) return;
  }
}

async function deliver(
  { place, clock, signal }: Parts,
  counting: CountingCluster,
  draft: ReturnType<typeof demoClaim>,
  report: (text: string) => void,
): Promise<Batch> {
  const parts = { cluster: place.cluster, clock, signal };
  const watch = new Sightings(place.cluster, clock, draft);
  await watch.start();
  try {
    const before = counting.counts();
    const createdAt = clock.now();
    const created = await createClaim(parts, draft);
    const { namespace, name } = draft.metadata;
    const claim = await untilReady(parts, { namespace, name }, ({ delivered, ready, desired }) =>
      report(`${delivered} of ${desired} delivered, ${ready} ready`),
    );
    const took = clock.now() - createdAt;
    report(`${claim.status?.ready ?? 0} ready after ${formatDuration(took)}`);
    const pods = await containersOf(parts, created);
    await seen(watch, pods.length, clock, signal);
    return { claim, pods, createdAt, sightings: watch.all(), took, before, after: counting.counts() };
  } finally {
    watch.stop();
  }
}

/** The demo's own watch may be behind the claim's status for a moment. */
async function seen(watch: Sightings, containers: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const complete = () => watch.all().filter(({ ready }) => ready !== undefined).length >= containers;
  for (let tries = 0; tries < 200 && !complete(); tries++) await clock.sleep(25, signal);
  if (!complete()) throw new CodedError('DEMO_DISTURBED', 'the demo did not see all of its containers become ready');
}
