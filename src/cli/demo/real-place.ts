import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { Namespace, Node, Pod } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import { nameOf, type Ref, type Resource } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { checkCrds, installCrds, removeCrds, requireCrds } from '../../cluster/crds.js';
import { ApiError, NotFound } from '../../cluster/errors.js';
import { builtInControllers } from '../../embedded/controllers/index.js';
import { mediumNode, SimulatedNodes, simulatedLabel } from '../../embedded/nodes/index.js';
import { createManager } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import { silentLogger } from '../../support/log.js';
import type { Random } from '../../support/random.js';
import { minute, second } from '../../support/time.js';
import type { PodPlacement } from './objects.js';
import { nodesOf, type Place } from './place.js';
import { Undo } from './undo.js';

export interface RealPlaceOptions {
  readonly cluster: Cluster;
  /** For the simulated nodes and the scheduler: they are other machines, and shall not wait for the operator's calls. */
  readonly outside: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the namespace, the nodes and the scheduler: nobody else uses it. */
  readonly name: string;
  readonly containers: number;
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
}

/**
 * A namespace of its own on a real API server, with simulated nodes that only the demo's pods may use, and a scheduler for
 * these pods. What was made before an error is taken away again.
 */
export async function realPlace(options: RealPlaceOptions): Promise<Place> {
  const undo = new Undo();
  try {
    return await furnish(options, undo);
  } catch (error) {
    const left = await undo.run(options.report, messageOf);
    if (left.length > 0)
      throw new Error(`${messageOf(error)}; and not everything could be taken away: ${left.join('; ')}`, {
        cause: error,
      });
    throw error;
  }
}

async function furnish(options: RealPlaceOptions, undo: Undo): Promise<Place> {
  const { cluster, outside, clock, random, name, containers, signal } = options;
  const nodes = nodesOf(containers);
  const report = (text: string) => {
    signal.throwIfAborted();
    options.report(text);
  };
  report('checking what you may do');
  await checkAccess(cluster, name);
  report("installing Penstock's kinds");
  await provideKinds(cluster, clock, undo);
  report(`creating namespace ${name}`);
  undo.push('deleting the namespace', () => removeNamespace(cluster, clock, name));
  await cluster.create(Namespace, { metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'penstock-demo' } } });
  undo.push('deleting claims, pools and containers', () => emptyNamespace(cluster, name));
  report(`registering ${nodes} simulated nodes`);
  const simulated = new SimulatedNodes({
    cluster: outside,
    clock,
    random: random.split('nodes'),
    count: nodes,
    name,
    node: { ...mediumNode, taints: [{ key: simulatedLabel, value: name, effect: 'NoSchedule' }] },
  });
  undo.push('removing the simulated nodes', () => simulated.remove());
  await simulated.start();
  const manager = createManager({ cluster: outside, clock, random: random.split('scheduler'), logger: silentLogger });
  builtInControllers({ manager, clock, controllers: ['scheduler'], schedulerNames: [name] });
  undo.push('stopping the scheduler', () => manager.stop());
  await manager.start();
  report('waiting until the namespace takes pods');
  const placement = placementOf(name);
  await untilPodsAreTaken(cluster, clock, signal, name, placement);
  return {
    cluster,
    outside,
    name,
    namespace: name,
    placement,
    nodes,
    writes: 'a write is a request to the API server, which stores it in etcd',
    close: (say) => undo.run(say, messageOf),
  };
}

const placementOf = (name: string): PodPlacement => ({
  schedulerName: name,
  nodeSelector: { [simulatedLabel]: name },
  tolerations: [{ key: simulatedLabel, operator: 'Equal', value: name, effect: 'NoSchedule' }],
});

/** Tries, without a trace, what the demo cannot do without: Forbidden names the right that is missing. */
async function checkAccess(cluster: Cluster, name: string): Promise<void> {
  await cluster.create(Namespace, { metadata: { name } }, { dryRun: true });
  await cluster.create(Node, { metadata: { name } }, { dryRun: true });
  await cluster.list(Pod, { limit: 1 });
}

/** Ours go again; those that were there stay as they are. */
async function provideKinds(cluster: Cluster, clock: Clock, undo: Undo): Promise<void> {
  const checks = await checkCrds(cluster);
  if (checks.some(({ state }) => state !== 'missing')) return requireCrds(cluster);
  undo.push("removing Penstock's kinds", () => removeCrds(cluster, clock));
  await installCrds(cluster, clock);
}

/** A new namespace has no service account for a moment, and takes no pods until it has. */
async function untilPodsAreTaken(
  cluster: Cluster,
  clock: Clock,
  signal: AbortSignal,
  namespace: string,
  placement: PodPlacement,
): Promise<void> {
  const spec = { ...placement, containers: [{ name: 'probe', image: 'registry.example/probe:1' }] };
  for (let tries = 1; ; tries++) {
    try {
      await cluster.create(Pod, { metadata: { name: 'probe', namespace }, spec }, { dryRun: true, signal });
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || tries === 60) throw error;
    }
    await clock.sleep(second / 2, signal);
  }
}

/** The operator has stopped and the nodes are gone: nobody would end these pods, so they go at once. */
async function emptyNamespace(cluster: Cluster, namespace: string): Promise<void> {
  await removeAll(cluster, ContainerClaim, namespace);
  await removeAll(cluster, ContainerPool, namespace);
  await removeAll(cluster, Pod, namespace);
}

async function removeAll<T extends Resource>(cluster: Cluster, kind: Kind<T>, namespace: string): Promise<void> {
  const { items } = await cluster.list(kind, { namespace });
  await Promise.all(items.map((object) => unlessGone(cluster.remove(kind, nameOf(object), { gracePeriodSeconds: 0 }))));
}

const patience = minute;

async function removeNamespace(cluster: Cluster, clock: Clock, name: string): Promise<void> {
  await unlessGone(cluster.remove(Namespace, { name }));
  const deadline = clock.now() + patience;
  for (;;) {
    const left = await find(cluster, Namespace, { name });
    if (!left) return;
    if (clock.now() >= deadline) throw new Error(`it does not finish terminating: ${whyTerminating(left)}`);
    await clock.sleep(second / 4);
  }
}

function whyTerminating({ metadata, status }: Namespace): string {
  const telling = status?.conditions?.find(
    ({ status: is, type }) => is === 'True' && type !== 'NamespaceDeletionDiscoveryFailure',
  );
  const words = telling?.message ?? 'no controller of the cluster looks after it';
  return `${words}; see kubectl get namespace ${metadata.name} -o yaml`;
}

async function find<T extends Resource>(cluster: Cluster, kind: Kind<T>, ref: Ref): Promise<T | undefined> {
  return cluster.get(kind, ref).catch((error: unknown) => {
    if (error instanceof NotFound) return undefined;
    throw error;
  });
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
  });
}
