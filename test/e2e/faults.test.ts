/** Faults of the node and of the control plane in the middle of a delivery of real containers: nothing lost, nothing twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import { isReady } from '../../src/line/index.js';
import { microTimestamp, second } from '../../src/support/time.js';
import { handOvers, readAudit } from '../control-plane/audit.js';
import { type EnvironmentCommand, lacks, supplied } from './environment.js';
import { type Identity, identityOf, inside } from './observe.js';
import { Place } from './place.js';
import { aBusyboxPool } from './pool.js';

/** Half of the claim is in stock, and delivered at once; the other half has to come after the fault. */
const half = 15;
const size = 2 * half;
const items = [
  { name: 'a', count: half, env: [{ name: 'SHARD', value: 'a' }] },
  { name: 'b', count: half, env: [{ name: 'SHARD', value: 'b' }] },
];
const itemOf = (index: number) => (index < half ? 'a' : 'b');

interface Fault {
  readonly name: string;
  readonly needs: readonly EnvironmentCommand[];
  /** Ends by itself. */
  readonly happen: (place: Place) => Promise<unknown>;
}

/** For five seconds; ends whatever happens to the test, since the node is others' too. */
const spell =
  (begin: EnvironmentCommand, end: EnvironmentCommand): Fault['happen'] =>
  async ({ clock }) => {
    try {
      await supplied(begin);
      await clock.sleep(5 * second);
    } finally {
      await supplied(end);
    }
  };

const faults: readonly Fault[] = [
  {
    name: 'kubelet-stopped',
    needs: ['stopKubelet', 'startKubelet'],
    happen: spell('stopKubelet', 'startKubelet'),
  },
  { name: 'containerd-restarted', needs: ['restartContainerd'], happen: () => supplied('restartContainerd') },
  { name: 'api-server-killed', needs: ['killApiServer'], happen: () => supplied('killApiServer') },
  { name: 'etcd-stalled', needs: ['stallEtcd', 'resumeEtcd'], happen: spell('stallEtcd', 'resumeEtcd') },
];

describe.skipIf(lacks('faults under real containers'))('a delivery of real containers goes on when', () => {
  let place: Place;
  beforeAll(async () => {
    place = await Place.open('faults');
    await place.operator();
    await place.cluster.create(ContainerPool, aBusyboxPool(place, 'boxes', { replicas: half }));
  });
  afterAll(() => place?.close());

  /** By the containers themselves: after a fault the pool's status may lag behind them. */
  const stock = async () => {
    const { cluster, namespace } = place;
    const stocked = async () => {
      const { items: pods } = await cluster.list(Pod, { namespace, labels: `${labels.state}=${states.stocked}` });
      return pods.filter(isReady);
    };
    const pods = await place.until('a full stock', stocked, ({ length }) => length === half);
    return new Map<string, Identity>(pods.map((pod) => [pod.metadata.uid, identityOf(pod)]));
  };

  for (const { name, needs, happen } of faults)
    it.skipIf(lacks(name, needs))(`${name}`, async () => {
      const stocked = await stock();
      const { cluster, namespace } = place;
      const spec = { pool: { name: 'boxes' }, items, minAvailable: 0, whenEmpty: 'Wait' as const };
      const claim = await cluster.create(ContainerClaim, { metadata: { namespace, name }, spec });
      const delivered = () => containersOf(place, claim);
      const early = await place.until('the stock to be delivered', delivered, (pods) => pods.length >= half);
      expect(early.length).toBeLessThan(size);
      // a command that ends when all is well again may end after the rest has been delivered
      const begin = microTimestamp(place.clock.now());
      await happen(place);
      const served = await untilServed(claim);

      expect(served.status).toMatchObject({ allocated: size, ready: size });
      const pods = await containersOf(place, served);
      expect(pods.map(({ metadata }) => metadata.annotations?.[annotations.index])).toEqual(
        Array.from({ length: size }, (_, index) => String(index)),
      );
      const late = pods.filter(({ metadata }) => (metadata.annotations?.[annotations.deliveredAt] ?? '') > begin);
      expect(late.length, 'delivered after the fault began').toBeGreaterThan(0);
      // what was in stock before the fault is the same container still
      const first = pods.filter(({ metadata }) => stocked.has(metadata.uid));
      expect(first).toHaveLength(half);
      expect(first.map(identityOf)).toEqual(first.map(({ metadata }) => stocked.get(metadata.uid)));
      const seen = await inside(place, pods, []);
      expect(seen.map(({ index, item, env }) => ({ index, item, env }))).toEqual(
        pods.map((_, index) => ({ index, item: itemOf(index), env: { SHARD: itemOf(index) } })),
      );
      expectOnce(claim.metadata.uid);
      await cluster.remove(ContainerClaim, { namespace, name });
    });

  /** Whatever the way to the server does meanwhile. */
  const untilServed = async ({ metadata: { name } }: ContainerClaim) => {
    const { cluster, clock, namespace } = place;
    const ref = { namespace, name };
    await place.until(
      `claim ${name} to be ready`,
      () => untilReady({ cluster, clock, signal: AbortSignal.timeout(30 * second) }, ref).then(() => true, String),
      (seen) => seen === true,
    );
    return cluster.get(ContainerClaim, ref);
  };

  /** By the API server's own record, where the environment shows it. */
  const expectOnce = (claim: string) => {
    const log = process.env.PENSTOCK_E2E_AUDIT_LOG;
    if (!log) return;
    const given = handOvers(readAudit(log)).filter((handOver) => handOver.claim === claim);
    expect(given.length).toBeGreaterThan(0);
    expect(new Set(given.map(({ container }) => container)).size).toBe(given.length);
    expect(new Set(given.map(({ index }) => index)).size).toBe(given.length);
  };

  it('afterwards no pod is left behind', async () => {
    const { cluster, namespace } = place;
    await cluster.remove(ContainerPool, { namespace, name: 'boxes' });
    const left = async () => (await cluster.list(Pod, { namespace })).items.length;
    expect(await place.until('no pods to be left', left, (pods) => pods === 0)).toBe(0);
  });
});
