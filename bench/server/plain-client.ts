import https from 'node:https';
import { ContainerPool } from '../../src/api/container-pool.js';
import { ConfigMap, Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { labels, states } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { ControlPlane } from '../../test/control-plane/control-plane.js';
import { timed } from '../measure.js';
import { bareHandOver, namespace } from '../objects.js';
import { isDeliverable } from '../../src/line/index.js';

/** In flight at once: with more, this API server answers no faster. */
const inFlight = 48;

/** One agent for all rounds: its connections are open and warm, as a running client's are. */
let agent: https.Agent | undefined;

/**
 * The limit: hand-over patches of a plain HTTPS client without cache, queue, retries or status, beside the same watchers
 * and refill. Returns the milliseconds that `count` of them take.
 */
export async function barePatches(plane: ControlPlane, cluster: Cluster, pool: string, count: number): Promise<number> {
  const { items } = await cluster.list(Pod, {
    namespace,
    labels: `${labels.pool}=${pool},${labels.state}=${states.stocked}`,
  });
  const pods = items.filter(isDeliverable).slice(0, count);
  if (pods.length < count) throw new Error(`only ${pods.length} of ${count} containers in stock`);
  const map = await cluster.create(ConfigMap, { metadata: { generateName: 'bare-', namespace } });
  const owner = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: map.metadata.name,
    uid: map.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const bodies = pods.map((pod, index) => ({
    name: pod.metadata.name,
    body: JSON.stringify(bareHandOver(pod, owner, index)),
  }));
  agent ??= await warmAgent(plane);
  const warm = agent;
  const worker = async () => {
    for (let next = bodies.pop(); next; next = bodies.pop()) await patch(plane, warm, next.name, next.body);
  };
  return timed(() => Promise.all(Array.from({ length: inFlight }, worker)));
}

async function warmAgent(plane: ControlPlane): Promise<https.Agent> {
  const made = new https.Agent({ keepAlive: true, maxSockets: inFlight, ca: plane.ca });
  await Promise.all(Array.from({ length: inFlight }, () => call(plane, made, 'GET', '/readyz')));
  return made;
}

const patch = (plane: ControlPlane, by: https.Agent, name: string, body: string): Promise<void> =>
  call(plane, by, 'PATCH', `/api/v1/namespaces/${namespace}/pods/${name}`, body);

function call(plane: ControlPlane, by: https.Agent, method: string, path: string, body = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${plane.adminToken}`,
      'content-type': 'application/json-patch+json',
      'content-length': Buffer.byteLength(body),
    };
    const request = https.request(plane.url + path, { method, agent: by, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${method} ${path}: HTTP ${response.statusCode}`)),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Takes the containers of the bare hand-overs away: they would fill the nodes. */
export async function removeBare(cluster: Cluster): Promise<void> {
  const { items } = await cluster.list(Pod, { namespace, labels: 'bench.test/claim=bare' });
  await Promise.all(items.map((pod) => cluster.remove(Pod, nameOf(pod), { gracePeriodSeconds: 0, flow: 'refill' })));
}

/** Containers in stock and ready, as the pool says. */
export async function readyStock(cluster: Cluster, pool: string): Promise<number> {
  const { status } = await cluster.get(ContainerPool, { namespace, name: pool });
  return status?.ready ?? 0;
}
