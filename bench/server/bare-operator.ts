/**
 * The second limit: an operator that does the least that a delivery needs. Claims are served as they come: a patch for each
 * container, a status, and a new container in the place of each. It has no queue and no retries, keeps
 * nothing but its stock, and is not safe against its own end.
 */
import type { ContainerClaim } from '../../src/api/container-claim.js';
import { ConfigMap, Pod } from '../../src/api/kubernetes.js';
import { controllerReference } from '../../src/api/meta/kind.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { labels } from '../../src/api/names.js';
import { connect } from '../../src/cluster/kubernetes/index.js';
import { jsonPatch, mergePatch } from '../../src/cluster/patch.js';
import { isReady } from '../../src/line/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { bareHandOver, namespace } from '../objects.js';
import { BareClaim, bareLabels } from './bare-claim.js';
import { follow } from './follow.js';

const [, , kubeconfig, pool = '', stock = '0'] = process.argv;
const clock = new WallClock();
const { cluster } = await connect({ kubeconfig }, { clock, logger: silentLogger, userAgent: 'bare-operator' });
const owner = controllerReference(
  ConfigMap,
  await cluster.create(ConfigMap, { metadata: { name: 'bare', namespace } }),
);

/** Its containers are those that the pool makes, with the volume that shows their configuration: only the marks differ. */
async function specOf(pool: string): Promise<Pod['spec']> {
  const { items } = await cluster.list(Pod, { namespace, labels: `${labels.pool}=${pool}`, limit: 1 });
  const [model] = items;
  if (!model?.spec) throw new Error(`the pool ${pool} has no containers`);
  const { nodeName: _, ...spec } = model.spec;
  return spec;
}
const spec = await specOf(pool);

/** By uid. */
const inStock = new Map<string, Pod>();
const taken = new Set<string>();
/** Claims that are being delivered, and containers to be made once there is none. */
const work = { delivering: 0, owed: 0 };
const waiting: ContainerClaim[] = [];

function serve(): void {
  for (;;) {
    const count = waiting[0]?.spec.items[0]?.count ?? Number.POSITIVE_INFINITY;
    const claim = inStock.size < count ? undefined : waiting.shift();
    if (!claim) return;
    const pods = [...inStock.values()].slice(0, count);
    for (const { metadata } of pods) {
      inStock.delete(metadata.uid);
      taken.add(metadata.uid);
    }
    void deliver(claim, pods);
  }
}

async function deliver(claim: ContainerClaim, pods: readonly Pod[]): Promise<void> {
  work.delivering++;
  const by = controllerReference(BareClaim, claim);
  const handOver = (pod: Pod, index: number) =>
    cluster.patch(Pod, nameOf(pod), jsonPatch(bareHandOver(pod, by, index, bareLabels.state)), { flow: 'delivery' });
  await Promise.all(pods.map(handOver));
  const lastTransitionTime = new Date(clock.now()).toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'all are ready', lastTransitionTime };
  const counts = { desired: pods.length, allocated: pods.length, configured: pods.length, ready: pods.length };
  const status = mergePatch({ status: { ...counts, conditions: [ready] } });
  await cluster.patch(BareClaim, nameOf(claim), status, { subresource: 'status', flow: 'delivery' });
  work.delivering--;
  work.owed += pods.length;
  refill();
}

/** After the deliveries. */
function refill(): void {
  for (; work.delivering === 0 && waiting.length === 0 && work.owed > 0; work.owed--) void make();
}

const make = () =>
  cluster.create(
    Pod,
    {
      metadata: {
        generateName: 'bare-',
        namespace,
        labels: { [bareLabels.pool]: 'bare', [bareLabels.state]: 'stocked' },
        // a patch that adds one needs the others
        annotations: { [bareLabels.pool]: 'bare' },
        ownerReferences: [owner],
      },
      spec,
    },
    { flow: 'refill' },
  );

await follow(cluster, Pod, { namespace, labels: `${bareLabels.state}=stocked` }, ({ type, object }) => {
  const { uid } = object.metadata;
  if (type === 'DELETED') {
    inStock.delete(uid);
    taken.delete(uid);
  } else if (isReady(object) && !taken.has(uid)) inStock.set(uid, object);
  serve();
});
await follow(cluster, BareClaim, { namespace }, ({ type, object }) => {
  if (type !== 'ADDED') return;
  waiting.push(object);
  serve();
});
await Promise.all(Array.from({ length: Number(stock) }, make));
process.send?.('ready');
