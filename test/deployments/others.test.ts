/** Which pods of others the operator keeps, and for how long. */
import { expect, it } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Deployment, Pod } from '../../src/api/kubernetes.js';
import { labels, optIn, states } from '../../src/api/names.js';
import { defaultLine, ProductionLine } from '../../src/api/production-line.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { hour, minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { Scene } from './scene.js';

const other = { namespace: 'default', name: 'other' };
const web = { namespace: 'default', name: 'web' };

/**
 * A cluster with one pod of somebody else, which is neither of a Deployment nor of ours, and an operator.
 * @param readsOthers when pods of others can be read in the namespace `far`
 */
async function stage(readsOthers: Promise<unknown> = Promise.resolve()) {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const world = createEmbeddedWorld({ clock, random, nodes: { count: 2 } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  await clock.settle(world.start(), 10 * second);
  const env = [{ name: 'SECRET', value: 'of no interest' }];
  const spec = { containers: [{ name: 'main', image: 'web:1', env }] };
  await cluster.create(Pod, { metadata: other, spec });
  const seen: Cluster = {
    get: (kind, ref, options) => cluster.get(kind, ref, options),
    list: async (kind, query, options) => {
      if (query?.labels === `!${labels.state}` && query.namespace === 'far') await readsOthers;
      return cluster.list(kind, query, options);
    },
    watch: (kind, query, options) => cluster.watch(kind, query, options),
    create: (kind, object, options) => cluster.create(kind, object, options),
    replace: (kind, object, options) => cluster.replace(kind, object, options),
    patch: (kind, ref, patch, options) => cluster.patch(kind, ref, patch, options),
    remove: (kind, ref, options) => cluster.remove(kind, ref, options),
  };
  const operator = createOperator({
    cluster: seen,
    clock,
    random: random.split('operator'),
    logger: silentLogger,
    namespaces: ['default', 'far'],
  });
  await clock.settle(operator.start(), 10 * second);
  const kept = () => operator.cache.get(Pod, 'default/other');
  return { clock, cluster, kept, scene: new Scene({ cluster, namespace: 'default', image: 'web:1' }) };
}

it('The operator keeps no pods of others where no decision needs them', async () => {
  const { clock, kept, scene } = await stage();
  await scene.deploy(2, { annotated: false });
  await clock.advance(minute);
  expect(kept()).toBeUndefined();
});

it('The operator keeps little of the pods of others from when a Deployment names a pool until some time after it does not', async () => {
  const { clock, cluster, kept, scene } = await stage();
  await scene.deploy(1);
  await clock.advance(minute);
  expect(kept()?.spec?.containers).toEqual([{ name: '' }]);
  await cluster.patch(Deployment, web, mergePatch({ metadata: { annotations: { [optIn.pool]: null } } }));
  await clock.advance(minute);
  expect(kept()).toBeDefined();
  await clock.advance(hour);
  expect(kept()).toBeUndefined();
});

it('The operator keeps the pods of others for a pool that is made for a Deployment', async () => {
  const { clock, cluster, kept, scene } = await stage();
  await scene.stock(1);
  await clock.advance(second);
  expect(kept()).toBeDefined();
  await cluster.remove(ContainerPool, web);
  await clock.advance(hour);
  expect(kept()).toBeUndefined();
});

it('The operator lets go what waits at the gate, of a Deployment that names no pool, by what it keeps of its pods', async () => {
  const { clock, kept, scene } = await stage();
  await scene.deploy(2, { annotated: false, gate: 'template' });
  await clock.advance(minute);
  expect(kept()).toBeDefined();
  expect((await scene.replicas()).map(({ status }) => status?.phase)).toEqual(['Running', 'Running']);
});

it('The operator keeps the pods of others for a line that looks at what nodes carry', async () => {
  const { clock, cluster, kept } = await stage();
  const deliver = (order: string) => [{ stage: 'match', settings: { order } }, { stage: 'hand-over' }];
  await cluster.create(ProductionLine, { metadata: web, spec: { ...defaultLine, deliver: deliver('oldest') } });
  await clock.advance(minute);
  expect(kept()).toBeUndefined();
  await cluster.patch(ProductionLine, web, mergePatch({ spec: { deliver: deliver('leastLoaded') } }));
  await clock.advance(minute);
  expect(kept()).toBeDefined();
});

it('Nothing is handed over to a Deployment before the pods of others have been read, and stock is made meanwhile', async () => {
  let read = (): void => undefined;
  const { clock, cluster, scene } = await stage(
    new Promise<void>((resolve) => {
      read = resolve;
    }),
  );
  await scene.deploy(1);
  await scene.stock(2);
  await clock.advance(minute);
  const delivered = async () =>
    (await cluster.list(Pod, { namespace: 'default', labels: `${labels.state}=${states.delivered}` })).items.length;
  expect((await scene.inStock()).length).toBe(2);
  await scene.scale(2);
  await clock.advance(minute);
  expect(await delivered()).toBe(0);
  read();
  await clock.advance(minute);
  await scene.scale(3);
  await clock.advance(minute);
  expect(await delivered()).toBe(1);
});
