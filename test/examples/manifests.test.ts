/** Every manifest of examples/ on the cluster in this process and on a real API server: it must come to the same. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerMigration } from '../../src/api/container-migration.js';
import { ContainerPool, stockWanted } from '../../src/api/container-pool.js';
import { ConfigMap, Deployment, Namespace, Pod, Secret } from '../../src/api/kubernetes.js';
import { apiVersionOf, type Kind } from '../../src/api/meta/kind.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import { ProductionLine } from '../../src/api/production-line.js';
import { Penstock } from '../../src/client/library.js';
import { Penstock as Client } from '../../src/client/penstock.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { installCrds } from '../../src/cluster/crds.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import type { Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { SimulatedServer } from '../client/simulated-server.js';
import { controlPlaneWithControllers, lacks, pathOf } from '../control-plane/binaries.js';
import { ends, endsOf, manifests, type Outcome, outcomesOf, textOf } from './outcome.js';

const clock = new WallClock();
const random = seededRandom('examples');
const patience = { timeout: 60_000, interval: 50 };

/** All pools of a namespace have their stock again. */
async function untilStocked(cluster: Cluster, namespace: string): Promise<void> {
  const short = async () => {
    const { items } = await cluster.list(ContainerPool, { namespace });
    return items.filter((pool) => (pool.status?.ready ?? 0) < stockWanted(pool)).map(({ metadata }) => metadata.name);
  };
  await expect.poll(short, patience).toEqual([]);
}

const kinds: readonly Kind<Resource>[] = [
  ContainerPool,
  ContainerClaim,
  ContainerMigration,
  ProductionLine,
  Secret,
  ConfigMap,
  Deployment,
];
/** They ask for what the others have. */
const asking: ReadonlySet<string> = new Set([ContainerClaim.name, ContainerMigration.name]);

/** First all but the claims and migrations: what these get is not to hang on which containers happen to be ready first. */
function inSteps(text: string): readonly (readonly Draft<Resource>[])[] {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Draft<Resource>);
  const asks = ({ kind }: Draft<Resource>) => asking.has(kind ?? '');
  return [objects.filter((object) => !asks(object)), objects.filter(asks)];
}

async function apply(cluster: Cluster, namespace: string, objects: readonly Draft<Resource>[]): Promise<void> {
  for (const object of objects) {
    const kind = kinds.find((one) => one.name === object.kind && apiVersionOf(one) === object.apiVersion);
    if (!kind) throw new Error(`the test does not know the kind ${object.kind}`);
    await cluster.create(kind, { ...object, metadata: { ...object.metadata, namespace } });
  }
}

const spaceOf = (manifest: string) => `example-${manifest.slice(0, 2)}`;
const seen = new Map<string, Readonly<Record<string, Outcome>>>();

describe('on the cluster in this process', () => {
  let world: EmbeddedWorld;
  let operator: Manager;
  beforeAll(async () => {
    world = createEmbeddedWorld({
      clock,
      random,
      nodes: { count: 3, profile: instant },
      collectedKinds: [Pod, Secret, ...penstockKinds],
    });
    await installCrds(world.cluster, clock);
    await world.start();
    operator = createOperator({ cluster: world.cluster, clock, random, logger: silentLogger });
    await operator.start();
  });
  afterAll(async () => {
    await operator.stop();
    await world.stop();
  });

  test.each(manifests)('%s', async (name, path) => {
    const { cluster } = world;
    const namespace = spaceOf(name);
    await cluster.create(Namespace, { metadata: { name: namespace } });
    for (const objects of inSteps(textOf(path))) {
      await apply(cluster, namespace, objects);
      await untilStocked(cluster, namespace);
    }
    const where = { server: 'this process' };
    const outcomes = await outcomesOf(new Client({ cluster, clock, namespace, where, close: () => {} }));
    seen.set(name, outcomes);
    expect(endsOf(outcomes)).toEqual(ends[name] ?? {});
  });
});

describe.skipIf(lacks([...controlPlaneWithControllers, 'kubectl'], 'the examples on a real API server'))(
  'on a real API server, with kubectl',
  () => {
    let server: SimulatedServer;
    beforeAll(async () => {
      server = await SimulatedServer.start();
    });
    afterAll(() => server.stop());

    test.each(manifests)('%s', async (name, path) => {
      const namespace = spaceOf(name);
      await server.namespace(namespace);
      const { kubeconfig } = server.plane;
      const flags = ['--kubeconfig', kubeconfig, '--namespace', namespace];
      for (const objects of inSteps(textOf(path))) {
        if (objects.length === 0) continue;
        const run = promisify(execFile)(pathOf('kubectl'), [...flags, 'apply', '--filename', '-']);
        run.child.stdin?.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
        await run;
        await untilStocked(server.cluster, namespace);
      }
      using penstock = await Penstock.connect({ kubeconfig, namespace });
      const outcomes = await outcomesOf(penstock);
      expect(outcomes).toEqual(seen.get(name));
    });
  },
);
