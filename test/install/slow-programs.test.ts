/** Programs that never answer, and the operator with the rights that an installation gives it, on a real API server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Namespace } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import { nameOf, type Resource } from '../../src/api/meta/resource.js';
import { defaultLine, ProductionLine } from '../../src/api/production-line.js';
import { productionLineSpec } from '../../src/api/production-line-schema.js';
import { installCrds } from '../../src/cluster/crds.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger as logger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { aPool } from '../objects.js';
import { clock, clusterAsAdmin } from './as.js';
import { tokenOf } from './server.js';

const evil = ['evil', 'worse'];
const random = seededRandom('slow-programs');
const quiet = ['--log-level', 'error', '--metrics-port', '0', '--health-port', '0'];
/** Less than a call may take: whoever had to wait for one would be too late. */
const patience = { timeout: 20_000, interval: 50 };

describe.skipIf(lacks(controlPlaneWithControllers, 'programs that never answer'))('programs that never answer', () => {
  let plane: ControlPlane;
  let admin: KubernetesCluster;
  let scheduling: Manager;
  let nodes: SimulatedNodes;
  let server: Server;
  let settings: object;
  const open = new Set<Socket>();
  const interruption = new AbortController();
  let operator: ReturnType<typeof penstock>;

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true });
    admin = clusterAsAdmin(plane);
    await installCrds(admin, clock);
    const features = ['secrets'] as const;
    const placement = { namespace: defaultNamespace, image: 'penstock:test', replicas: 0, version: '0.0.0', features };
    await install(admin, clock, placement, () => {});
    for (const name of [...evil, 'victim']) await admin.create(Namespace, { metadata: { name } });
    scheduling = createManager({ cluster: admin, clock, random: random.split('scheduler'), logger });
    builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
    const images = ['registry.test/app:1'];
    nodes = new SimulatedNodes({ cluster: admin, clock, random, logger, count: 4, profile: instant, images });
    await Promise.all([scheduling.start(), nodes.start()]);
    server = createServer(() => {});
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    settings = { url: `http://127.0.0.1:${port}/slow`, callTimeout: '30s' };
    const kubeconfig = plane.kubeconfigOf(await tokenOf(admin, defaultNamespace), 'operator.kubeconfig');
    operator = penstock(['run', '--kubeconfig', kubeconfig, '--namespace', defaultNamespace, ...quiet], {
      interrupted: interruption.signal,
    });
  });
  afterAll(async () => {
    interruption.abort();
    await operator;
    scheduling?.kill();
    nodes?.kill();
    admin?.close();
    server?.closeAllConnections();
    server?.close();
    await plane?.stop();
  });

  /** So many pools with a claim each, by a line, in both namespaces. */
  async function attack(name: string, count: number, line: object): Promise<void> {
    for (const namespace of evil) {
      const spec = productionLineSpec.parse(line);
      await admin.create(ProductionLine, { metadata: { namespace, name }, spec });
      for (let i = 0; i < count; i++) {
        const ref = { namespace, name: `${name}-${i}` };
        const pool = aPool({ replicas: 1, line: { name } });
        await admin.create(ContainerPool, { metadata: ref, spec: pool.spec });
        const claim = { pool: { name: ref.name }, items: [{ count: 1 }], whenEmpty: 'Wait' as const };
        await admin.create(ContainerClaim, { metadata: ref, spec: claim });
      }
    }
  }

  async function remove<T extends Resource>(kind: Kind<T>, namespace: string): Promise<void> {
    for (const object of (await admin.list(kind, { namespace })).items) await admin.remove(kind, nameOf(object));
  }

  /** Somebody else's pool is stocked, and the claim on it served. */
  async function serveVictim(): Promise<void> {
    const ref = { namespace: 'victim', name: 'plain' };
    await admin.create(ContainerPool, { metadata: ref, spec: aPool({ replicas: 4 }).spec });
    await expect.poll(async () => (await admin.get(ContainerPool, ref)).status?.ready, patience).toBe(4);
    const spec = { pool: { name: 'plain' }, items: [{ count: 2 }], whenEmpty: 'Wait' as const };
    await admin.create(ContainerClaim, { metadata: ref, spec });
    await expect.poll(async () => (await admin.get(ContainerClaim, ref)).status?.ready, patience).toBe(2);
    await remove(ContainerClaim, 'victim');
    await remove(ContainerPool, 'victim');
  }

  async function relent(): Promise<void> {
    for (const namespace of evil) {
      await remove(ContainerClaim, namespace);
      await remove(ContainerPool, namespace);
    }
    await expect.poll(() => open.size, patience).toBe(0);
  }

  const cases: readonly (readonly [
    string,
    string,
    { readonly workers: number; readonly pools: number },
    (settings: object) => object,
  ])[] = [
    [
      'on the way into stock',
      'in',
      { workers: 16, pools: 10 },
      (call) => ({ produce: [{ stage: 'provision' }, { stage: 'webhook', settings: call }, { stage: 'stock' }] }),
    ],
    [
      'as hooks',
      'hook',
      { workers: 128, pools: 66 },
      (call) => ({ deliver: [...defaultLine.deliver, { stage: 'notify', settings: { http: call } }] }),
    ],
  ];

  test.each(cases)('%s keep nobody else waiting, and are let go with their pools and claims', async (...parts) => {
    const [, name, { workers, pools }, lineOf] = parts;
    await attack(name, pools, lineOf(settings));
    await expect.poll(() => open.size, { ...patience, timeout: 60_000 }).toBeGreaterThanOrEqual(workers);
    await serveVictim();
    await relent();
  });
});
