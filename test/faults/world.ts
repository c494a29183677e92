import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerMigration } from '../../src/api/container-migration.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { ProductionLine } from '../../src/api/production-line.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Node, Pod } from '../../src/api/kubernetes.js';
import { evictionRequestOf } from '../../src/api/eviction-request.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { nameOf } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { ApiError } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import type { Clock } from '../../src/support/clock.js';
import type { Random } from '../../src/support/random.js';
import { timestamp } from '../../src/support/time.js';
import { admission } from '../admission.js';
import { failed, nodes, restarted } from './kubelet.js';
import type { Mix } from './mix.js';
import { type Deed, namespace } from './scenario.js';

/** An embedded cluster that serves our kinds, by their CRDs. */
export async function makeCluster(clock: Clock, random: Random, { foreign }: Mix): Promise<EmbeddedCluster> {
  const admit = foreign && { admit: admission(random.split('admission')) };
  const cluster = new EmbeddedCluster({ clock, random, ...admit });
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  for (const name of nodes)
    await cluster.create(Node, { metadata: { name }, status: { allocatable: plenty, capacity: plenty } });
  return cluster;
}

const plenty = { cpu: '64', memory: '256Gi', pods: '500' };

/** Does what the scenario says. What is not there (any more) is let be. */
export async function perform(deed: Deed, cluster: Cluster, clock: Clock): Promise<void> {
  try {
    await act(deed, cluster, clock);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}

async function act(deed: Deed, cluster: Cluster, clock: Clock): Promise<unknown> {
  switch (deed.do) {
    case 'make-pool':
      return cluster.create(ContainerPool, deed.pool);
    case 'drop-pool':
      return cluster.remove(ContainerPool, { namespace, name: deed.name });
    case 'set-pool':
      return cluster.patch(ContainerPool, { namespace, name: deed.name }, mergePatch(deed.change));
    case 'make-line':
      return cluster.create(ProductionLine, deed.line);
    case 'set-line':
      return cluster.patch(ProductionLine, { namespace, name: deed.name }, mergePatch(deed.change));
    case 'claim':
      return cluster.create(ContainerClaim, deed.claim);
    case 'migrate':
      return cluster.create(ContainerMigration, deed.migration);
    case 'steer':
      return cluster.patch(ContainerMigration, { namespace, name: deed.name }, mergePatch({ spec: deed.change }));
    case 'release':
      return cluster.remove(ContainerClaim, { namespace, name: deed.name });
    case 'ask':
      return ask(deed, cluster, clock);
    case 'withdraw':
      return withdraw(deed, cluster);
    case 'lose':
      return lose(deed, cluster, clock);
  }
}

async function ask(deed: Deed & { do: 'ask' }, cluster: Cluster, clock: Clock): Promise<void> {
  const { items } = await cluster.list(Pod, { namespace, labels: `${labels.state}=${states[deed.among]}` });
  const candidates = items.filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === 'Running',
  );
  const asked = pick(candidates, deed.which);
  if (!asked) return;
  const node = deed.node === undefined ? undefined : pick(nodes, deed.node);
  const requestedAt = timestamp(clock.now());
  await request(asked, { requester: 'penstock.dev/test', requestedAt, reason: 'its node is hot', node }, cluster);
}

async function withdraw({ which }: Deed & { do: 'withdraw' }, cluster: Cluster): Promise<void> {
  const { items } = await cluster.list(Pod, { namespace });
  const asked = pick(
    items.filter((pod) => evictionRequestOf(pod)),
    which,
  );
  if (asked) await request(asked, null, cluster);
}

const pick = <T>(from: readonly T[], which: number): T | undefined => from[Math.floor(which * from.length)];

async function request({ metadata }: Pod, body: object | null, cluster: Cluster): Promise<void> {
  const annotation = { [annotations.evictionRequest]: body && JSON.stringify(body) };
  const patch = mergePatch({ metadata: { uid: metadata.uid, annotations: annotation } });
  await cluster.patch(Pod, nameOf({ metadata }), patch);
}

/** What has done its work can be deleted, too, and must not be done again for that. */
const hasEnded = (status: Pod['status']) => status?.phase === 'Succeeded' || status?.phase === 'Failed';

async function lose(deed: Deed & { do: 'lose' }, cluster: Cluster, clock: Clock): Promise<void> {
  const { items } = await cluster.list(Pod, { namespace });
  const candidates = items.filter(
    ({ status }) => status?.phase === 'Running' || (deed.how === 'deleted' && hasEnded(status)),
  );
  const victim = candidates[Math.floor(deed.which * candidates.length)];
  if (!victim) return;
  if (deed.how === 'failed') {
    const status = failed('Evicted', clock.now());
    await cluster.patch(Pod, nameOf(victim), mergePatch({ status }), { subresource: 'status' });
    return;
  }
  if (deed.how === 'restarted') {
    const containerStatuses = restarted(victim, timestamp(clock.now()));
    await cluster.patch(Pod, nameOf(victim), mergePatch({ status: { containerStatuses } }), { subresource: 'status' });
    return;
  }
  const node = victim.spec?.nodeName;
  const lost = deed.how === 'node' ? items.filter(({ spec }) => spec?.nodeName === node) : [victim];
  const grace = deed.how === 'node' ? { gracePeriodSeconds: 0 } : {};
  for (const pod of lost) await cluster.remove(Pod, nameOf(pod), grace);
}
