/** Desks: latched containers on the embedded cluster that can have a Secret, and come back to their tenant. */
import { expect } from 'vitest';
import { type ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { type Container, CustomResourceDefinition, Pod, Secret } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { labels } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { type CrashPoint, FaultyCluster } from '../faults/faulty-cluster.js';
import { noFaults } from '../faults/mix.js';
import { Weather } from '../faults/weather.js';
import { aPool } from '../objects.js';

const namespace = 'default';
export const ref = (name: string) => ({ namespace, name });

/** @param own of the containers, beside image, command and size */
export async function stage(seed: string, own: Partial<Container> = {}) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const world = createEmbeddedWorld({ store: admitting(), clock, random, nodes: { count: 2, profile: instant } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  await clock.settle(world.start(), 10 * second);
  const start = async (name: string, through: Cluster = cluster) => {
    const operator = createOperator({ cluster: through, clock, random: random.split(name), logger: silentLogger });
    await clock.settle(operator.start(), 10 * second);
    return operator;
  };
  /** An operator whose process ends at its `write`-th write. */
  const startDoomed = async (name: string, crashAt: CrashPoint) => {
    let crashed = false;
    const connection: FaultyCluster = new FaultyCluster({
      cluster,
      clock,
      weather: new Weather(noFaults, random, clock),
      random: random.split('faults'),
      crashAt,
      onCrash: () => {
        crashed = true;
        connection.die();
        operator.kill();
      },
    });
    const operator = createOperator({ cluster: connection, clock, random: random.split(name), logger: silentLogger });
    // it may end before it has started
    operator.start().catch(() => undefined);
    return { operator, crashed: () => crashed };
  };
  const main = {
    name: 'main',
    image: 'app:1',
    command: ['/app'],
    securityContext: { readOnlyRootFilesystem: true },
    resources: { requests: { cpu: '100m' }, limits: { cpu: '200m' } },
    ...own,
  };
  await cluster.create(ContainerPool, {
    metadata: ref('desks'),
    spec: {
      ...aPool({ replicas: 2 }).spec,
      template: { spec: { containers: [main] } },
      configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/run/secret' },
      latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant' }),
    },
  });
  await cluster.create(Secret, { metadata: ref('key'), data: { key: 'a2V5' } });
  const claim = async (name: string, tenant: string | undefined, item: Partial<ClaimItem> = {}) => {
    await cluster.create(ContainerClaim, {
      metadata: ref(name),
      spec: { pool: { name: 'desks' }, items: [{ count: 1, ...item }], whenEmpty: 'Wait', ...(tenant && { tenant }) },
    });
    await clock.advance(5 * second);
    const { items } = await cluster.list(Pod, { labels: `${labels.claim}=${name}` });
    expect(items).toHaveLength(1);
    return items[0]!;
  };
  const release = async (name: string) => {
    await cluster.remove(ContainerClaim, ref(name));
    await clock.advance(second);
  };
  const stateOf = async (pod: Pod) => {
    const { items } = await cluster.list(Pod, { fields: `metadata.name=${pod.metadata.name}` });
    return items[0]?.metadata.labels?.[labels.state];
  };
  const secrets = async () => (await cluster.list(Secret)).items.map(({ metadata }) => metadata.name);
  return { clock, cluster, start, startDoomed, claim, release, stateOf, secrets };
}
