import { describe, expect, it } from 'vitest';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { CustomResourceDefinition, Deployment, Event, Node, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { controllerOf } from '../../src/api/meta/kind.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, deletionCost } from '../../src/api/names.js';
import { Forbidden } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { realistic } from '../../src/embedded/nodes/index.js';
import { isReady, isTerminating } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { containerIds, type Gate, Scene, type SceneOptions } from './scene.js';

const image = 'web:1';
const collectedKinds = [Pod, ReplicaSet, Deployment, ContainerPool];

interface StageOptions {
  readonly spec?: NonNullable<SceneOptions['spec']>;
  readonly gate?: Gate;
  readonly replicas?: number;
  readonly stock?: number;
  /** What the operator sees of the cluster. */
  readonly seenAs?: (cluster: Cluster) => Cluster;
}

const apart: StageOptions['spec'] = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
  },
};

const degraded = ({ status }: ContainerPool) => findCondition(status?.conditions, 'Degraded');

async function stage(seed: string, { spec, seenAs = (same) => same }: StageOptions) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const world = createEmbeddedWorld({
    store: admitting(),
    clock,
    random,
    nodes: { count: 4, profile: realistic },
    collectedKinds,
  });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const operatorOf = (name: string) =>
    createOperator({ cluster: seenAs(cluster), clock, random: random.split(name), logger: silentLogger });
  const scene = new Scene({ cluster, namespace: 'default', image, ...(spec && { spec }) });
  await clock.settle(world.start(), 10 * second);
  return { clock, cluster, scene, operatorOf };
}

/** A Deployment of `replicas` and a stock of `stock`, both ready, and no more to come. */
async function ready(seed: string, { replicas = 2, stock = 6, ...options }: StageOptions = {}) {
  const made = await stage(seed, options);
  const { clock, scene } = made;
  await scene.deploy(replicas, options.gate ? { gate: options.gate } : {});
  const operator = made.operatorOf('operator');
  await clock.settle(operator.start(), 10 * second);
  await clock.settle(scene.stock(stock), second);
  await clock.advance(minute);
  const stocked = await scene.inStock();
  expect([(await scene.replicas()).length, stocked.length]).toEqual([replicas, stock]);
  await clock.settle(scene.pauseRefill(), second);
  const fromStock = async () => (await scene.replicas()).filter((pod) => stocked.includes(containerIds(pod)[0] ?? ''));
  return { ...made, operator, fromStock };
}

describe('a Deployment with stock', () => {
  it('takes its new replicas from there', async () => {
    const { clock, scene, fromStock } = await ready('scale', { replicas: 3, stock: 20 });
    await scene.scale(20);
    await clock.advance(minute);
    expect(await scene.isRolledOut()).toBe(true);
    expect(await fromStock()).toHaveLength(17);
  });

  it('takes them while its roll-out is held, too', async () => {
    const { clock, scene, fromStock } = await ready('held');
    await scene.holdRollOut(true);
    await scene.rollOut('web:2');
    await scene.scale(6);
    await clock.advance(minute);
    // what is held is the new template: replicas and stock are of the one that runs
    expect(await fromStock()).toHaveLength(4);
    expect(await scene.inStock()).toHaveLength(2);
  });

  it('does not take part any more when its annotation goes, and again when it comes', async () => {
    const { clock, scene, fromStock } = await ready('annotation', { gate: 'template' });
    await scene.annotate(null);
    await scene.scale(4);
    await clock.advance(minute);
    expect(await scene.isRolledOut()).toBe(true);
    expect(await fromStock()).toEqual([]);
    expect(degraded(await scene.pool())).toMatchObject({ status: 'True', reason: 'DeploymentDisagrees' });
    expect(await scene.inStock()).toHaveLength(6);
    await scene.annotate('web');
    await scene.scale(6);
    await clock.advance(minute);
    expect(await fromStock()).toHaveLength(2);
    expect(degraded(await scene.pool())).toMatchObject({ status: 'False' });
  });

  it('leaves no stock behind when it is deleted', async () => {
    const { clock, scene } = await ready('deleted');
    await scene.drop('Deployment');
    await clock.advance(minute);
    expect(await scene.pods()).toEqual([]);
    expect(degraded(await scene.pool())).toMatchObject({ status: 'True', reason: 'DeploymentMissing' });
  });

  it('is an ordinary one without the operator', async () => {
    const { clock, scene, operator, fromStock } = await ready('dead');
    operator.kill();
    await scene.scale(6);
    await clock.advance(minute);
    expect(await scene.isRolledOut()).toBe(true);
    expect(await fromStock()).toEqual([]);
  });
});

describe('a Deployment that wants no two replicas on one node', () => {
  // gated, so that it is the stock alone that is placed
  const options = { spec: apart, gate: 'template', replicas: 1, stock: 8 } as const;
  const nodesOf = (pods: readonly Pod[]) => pods.map(({ spec }) => spec?.nodeName);

  it('gets what the stock has on other nodes, and the rest cold', async () => {
    const { clock, cluster, scene, fromStock } = await ready('apart', options);
    const [first] = nodesOf(await scene.replicas());
    await scene.scale(4);
    await clock.advance(minute);
    const nodes = nodesOf(await fromStock());
    expect(new Set([first, ...nodes]).size).toBe(4);
    expect(await scene.inStock()).toHaveLength(5);
    await scene.scale(5);
    await clock.advance(minute);
    expect(await fromStock()).toHaveLength(3);
    const { items } = await cluster.list(Event, { namespace: 'default' });
    expect(items.map(({ reason, note }) => `${reason}: ${note}`)).toContain(
      'ColdStart: replicas start cold: no more of the containers in stock may be used where they are: no pod that the anti-affinity selects may be in the same kubernetes.io/hostname',
    );
  });

  it('gets all of them cold from an operator that may not see nodes, which says so', async () => {
    const blind = (cluster: Cluster): Cluster => ({
      get: (kind, ref, more) => cluster.get(kind, ref, more),
      list: (kind, query, more) =>
        kind.name === Node.name ? Promise.reject(new Forbidden('nodes is forbidden')) : cluster.list(kind, query, more),
      watch: (kind, query, more) => cluster.watch(kind, query, more),
      create: (kind, object, more) => cluster.create(kind, object, more),
      replace: (kind, object, more) => cluster.replace(kind, object, more),
      patch: (kind, ref, patch, more) => cluster.patch(kind, ref, patch, more),
      remove: (kind, ref, more) => cluster.remove(kind, ref, more),
    });
    const { clock, cluster, scene, fromStock } = await ready('blind', { ...options, stock: 1, seenAs: blind });
    await scene.scale(3);
    await clock.advance(minute);
    expect(await scene.isRolledOut()).toBe(true);
    expect(await fromStock()).toEqual([]);
    const { items } = await cluster.list(Event, { namespace: 'default' });
    expect(items.map(({ note }) => note)).toContain(
      'replicas start cold: the constraints on their nodes cannot be looked into: nodes is forbidden',
    );
  });
});

describe('a replica that is asked to go', () => {
  const ask = (cluster: Cluster, pod: Pod, node?: string) => {
    const request = JSON.stringify({ requester: 'test', requestedAt: '2026-01-01T00:00:00Z', reason: 'hot', node });
    return cluster.patch(
      Pod,
      nameOf(pod),
      mergePatch({ metadata: { annotations: { [annotations.evictionRequest]: request } } }),
    );
  };
  const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name).toSorted();

  it('is replaced by a container from stock on another node, which serves before it goes', async () => {
    const { clock, cluster, scene, fromStock } = await ready('asked', { replicas: 3 });
    const [asked, ...others] = await scene.replicas();
    const least = await leastReady(cluster);
    await ask(cluster, asked!);
    await clock.advance(minute);
    const after = await scene.replicas();
    expect(namesOf(after)).toEqual(expect.arrayContaining(namesOf(others)));
    expect(namesOf(after)).not.toContain(asked!.metadata.name);
    const [replacement] = await fromStock();
    expect(replacement?.spec?.nodeName).not.toBe(asked!.spec?.nodeName);
    expect(await scene.inStock()).toHaveLength(5);
    expect(await scene.isRolledOut()).toBe(true);
    expect(least()).toBe(3);
  });

  it('stays as it is where stock has none for it on the node that is named', async () => {
    const { clock, cluster, scene } = await ready('not-now', { replicas: 2 });
    const before = await scene.replicas();
    await ask(cluster, before[0]!, 'nowhere');
    await clock.advance(minute);
    expect(namesOf(await scene.replicas())).toEqual(namesOf(before));
    expect((await scene.replicas()).map(({ metadata }) => metadata.annotations?.[deletionCost])).toEqual([
      undefined,
      undefined,
    ]);
    expect(await scene.inStock()).toHaveLength(6);
  });

  it('is as good as others again when the request is withdrawn', async () => {
    const { clock, cluster, scene } = await ready('withdrawn', { replicas: 2 });
    const [first] = await scene.replicas();
    const cost = { [deletionCost]: '-2147483648' };
    await cluster.patch(Pod, nameOf(first!), mergePatch({ metadata: { annotations: cost } }));
    const asked = await ask(cluster, first!, 'nowhere');
    await clock.advance(second);
    const none = { [annotations.evictionRequest]: null };
    await cluster.patch(Pod, nameOf(asked), mergePatch({ metadata: { annotations: none } }));
    await clock.advance(second);
    expect((await cluster.get(Pod, nameOf(asked))).metadata.annotations?.[deletionCost]).toBeUndefined();
  });
});

/** The least number of replicas that were ready and did not end, from now on. */
async function leastReady(cluster: Cluster): Promise<() => number> {
  const { items, resourceVersion: since } = await cluster.list(Pod, {});
  const pods = new Map(items.map((pod) => [pod.metadata.uid, pod]));
  const count = () => [...pods.values()].filter(isServing).length;
  let least = count();
  void (async () => {
    for await (const event of cluster.watch(Pod, { since })) {
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') pods.delete(event.object.metadata.uid);
      else pods.set(event.object.metadata.uid, event.object);
      least = Math.min(least, count());
    }
  })().catch(() => undefined);
  return () => least;
}

const isServing = (pod: Pod): boolean =>
  controllerOf(pod)?.kind === 'ReplicaSet' && isReady(pod) && !isTerminating(pod);
