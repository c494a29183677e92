import { describe, expect, test } from 'vitest';
import { ContainerPool } from '../../api/container-pool.js';
import { ContainerClaim } from '../../api/container-claim.js';
import { Node, Pod } from '../../api/kubernetes.js';
import { labels, stoppable } from '../../api/names.js';
import { isReady } from '../../line/index.js';
import {
  configureRebalancer,
  rebalancerApiVersion,
  rebalancerConfiguration,
  rebalancerKind,
} from '../../operator/index.js';
import { minute, second } from '../../support/time.js';
import { claimOf, poolOf } from '../experiments/delivery/scenario.js';
import type { Fault } from './faults.js';
import { Simulation } from './simulation.js';
import { StockObserver } from './stock-observer.js';
import { object } from './workload.js';

async function withPool(faults: readonly Fault[] = [], claims = 4) {
  const simulation = await Simulation.start({
    seed: 1,
    nodes: { count: 4 },
    faults,
    workload: {
      objects: [object(ContainerPool, poolOf('pool', 10))],
      claims: Array.from({ length: claims }, (_, at) => ({
        at: minute + at * 10 * second,
        draft: claimOf(`c${at}`, 'pool', 2),
      })),
    },
  });
  return simulation;
}

const podsOf = async (simulation: Simulation, selector: string) =>
  (await simulation.settle(simulation.cluster.list(Pod, { labels: selector }))).items;

describe('a simulation', () => {
  test('delivers what comes, when it comes', async () => {
    const simulation = await withPool();
    const begun = simulation.clock.now();
    await simulation.run(2 * minute);
    const seen = simulation.deliveries.map(({ claim, created, ready = Number.NaN, containers }) => ({
      claim,
      at: Math.round((created - begun) / second),
      containers,
      quick: ready - created < second,
    }));
    expect(seen).toEqual(
      [0, 1, 2, 3].map((at) => ({ claim: `default/c${at}`, at: 60 + 10 * at, containers: 2, quick: true })),
    );
    await simulation.stop();
  });

  test('waits no longer than it is told for what does not come', async () => {
    const simulation = await Simulation.start({ seed: 1, nodes: { count: 0 }, operator: false });
    const begun = simulation.clock.now();
    expect(await simulation.runUntil(() => false, 10 * minute)).toBe(false);
    expect(simulation.clock.now() - begun).toBe(10 * minute);
    await simulation.stop();
  });

  test('has a rebalancer that empties lightly used nodes', async () => {
    const { profile } = configureRebalancer(
      rebalancerConfiguration.parse({
        apiVersion: rebalancerApiVersion,
        kind: rebalancerKind,
        rules: { light: { samples: 2 } },
      }),
    );
    const simulation = await Simulation.start({
      seed: 1,
      nodes: { count: 3 },
      rebalancer: profile,
      workload: { objects: [object(ContainerPool, poolOf('pool', 6))] },
    });
    await simulation.run(30 * minute);
    const { items } = await simulation.settle(simulation.cluster.list(Node));
    const marked = items.filter(({ metadata }) => metadata.labels?.[stoppable.label] !== undefined);
    expect(marked.length).toBeGreaterThan(0);
    expect((await podsOf(simulation, labels.pool)).filter(isReady).length).toBe(6);
    await simulation.stop();
  });

  test('deletes a claim when its time is over', async () => {
    const simulation = await Simulation.start({
      seed: 1,
      nodes: { count: 2 },
      workload: {
        objects: [object(ContainerPool, poolOf('pool', 5))],
        claims: [{ at: minute, draft: claimOf('c', 'pool', 2), heldFor: 30 * second }],
      },
    });
    await simulation.run(80 * second);
    const claims = () => simulation.settle(simulation.cluster.list(ContainerClaim));
    expect((await claims()).items.length).toBe(1);
    await simulation.run(30 * second);
    expect((await claims()).items.length).toBe(0);
    await simulation.stop();
  });

  test('counts what stood idle and what was served from stock', async () => {
    const simulation = await withPool([], 1);
    const { cluster, clock } = simulation;
    const observer = new StockObserver(cluster, clock);
    const end = new AbortController();
    const following = observer.follow(end.signal);
    await simulation.run(50 * second);
    observer.reset();
    await simulation.run(10 * second);
    // ten for ten seconds
    expect(observer.idleHours).toBeCloseTo(100 / 3600, 6);
    await simulation.run(5 * second);
    expect([observer.delivered, observer.hits]).toEqual([2, 2]);
    end.abort();
    await following;
    await simulation.stop();
  });
});

describe('a fault', () => {
  test('that takes a node takes its containers with it: the pool has as many elsewhere later', async () => {
    const simulation = await withPool([{ kind: 'node-loss', at: 50 * second, node: 0 }], 0);
    await simulation.run(10 * minute);
    const { items } = await simulation.settle(simulation.cluster.list(Node));
    const lost = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is !== 'True'),
    );
    expect(lost.map(({ metadata }) => metadata.name)).toEqual(['sim-0']);
    const ready = (await podsOf(simulation, labels.pool)).filter(isReady);
    expect(ready.filter(({ spec }) => spec?.nodeName !== 'sim-0').length).toBe(10);
    await simulation.stop();
  });

  test('that ends the operator delays claims until another runs', async () => {
    const simulation = await withPool([{ kind: 'operator-crash', at: 55 * second, lasts: 20 * second }], 1);
    await simulation.run(70 * second);
    expect(simulation.deliveries.map(({ ready }) => ready)).toEqual([undefined]);
    await simulation.run(minute);
    const [delivery] = simulation.deliveries;
    expect((delivery?.ready ?? Number.NaN) - (delivery?.created ?? 0)).toBeGreaterThan(14 * second);
    await simulation.stop();
  });

  test('that stalls the API server keeps every call waiting', async () => {
    const simulation = await withPool([{ kind: 'api-stall', at: 59 * second, lasts: 15 * second }], 1);
    await simulation.run(72 * second);
    expect(simulation.deliveries.some(({ ready }) => ready !== undefined)).toBe(false);
    await simulation.run(30 * second);
    expect(simulation.deliveries.every(({ ready }) => ready !== undefined)).toBe(true);
    await simulation.stop();
  });

  test('that ends all watches leaves nobody behind', async () => {
    const simulation = await withPool([{ kind: 'watch-loss', at: 59 * second }]);
    await simulation.run(3 * minute);
    expect(simulation.deliveries.filter(({ ready }) => ready !== undefined).length).toBe(4);
    await simulation.stop();
  });
});
