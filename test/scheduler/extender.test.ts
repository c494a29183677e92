import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createExtender } from '../../src/operator/index.js';
import { type RunningServer, serveJson } from '../../src/runtime/index.js';
import { extenderRoutes } from '../../src/scheduler/index.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlane, lacks, pathOf } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { Companion } from '../control-plane/process.js';
import { clusterAsAdmin } from '../install/as.js';
import { until } from '../until.js';

/** kube-scheduler itself, on a real API server; there is no kubelet: a pod that is bound is bound. */
describe.skipIf(lacks([...controlPlane, 'kube-scheduler'], 'extender'))('a kube-scheduler with the extender', () => {
  const clock = new WallClock();
  const asked: string[] = [];
  const end: (() => Promise<void> | void)[] = [];
  let cluster: Cluster;

  beforeAll(async () => {
    const plane = await ControlPlane.start();
    end.unshift(() => plane.stop());
    cluster = clusterAsAdmin(plane);
    for (const name of ['busy', 'idle']) {
      await cluster.create(Node, { metadata: { name, annotations: { 'capacity.penstock.dev/network': '100' } } });
      const allocatable = { cpu: '4', memory: '8Gi', pods: '10' };
      const conditions = [{ type: 'Ready', status: 'True' }];
      const status = { allocatable, capacity: allocatable, conditions };
      await cluster.patch(Node, { name }, mergePatch({ status }), { subresource: 'status' });
      await cluster.patch(Node, { name }, mergePatch({ spec: { taints: null } }));
    }
    const { manager, extender, cache } = createExtender({
      cluster,
      clock,
      random: seededRandom(1),
      logger: silentLogger,
      profiles: [
        {
          schedulerName: 'default-scheduler',
          policy: createScorePolicy('balance'),
        },
      ],
    });
    await manager.start();
    end.unshift(() => manager.stop());
    // what kube-scheduler cannot see: the network of one node is in use
    cache.setUse('busy', { from: 1, to: 2, mean: { network: 60 } });
    const routes = extenderRoutes(extender, () => undefined);
    const server: RunningServer = await serveJson({
      port: 0,
      routes: Object.fromEntries(
        Object.entries(routes).map(([path, route]) => [
          path,
          (body) => {
            asked.push(path);
            return route(body);
          },
        ]),
      ),
    });
    end.unshift(() => server.close());
    const folder = mkdtempSync(join(tmpdir(), 'penstock-extender-'));
    end.push(() => rmSync(folder, { recursive: true }));
    const configuration = join(folder, 'scheduler.yaml');
    writeFileSync(configuration, JSON.stringify(configurationOf(plane.kubeconfig, server.port)));
    const scheduler = new Companion(
      'kube-scheduler',
      pathOf('kube-scheduler'),
      [`--config=${configuration}`, '--secure-port=0'],
      join(folder, 'kube-scheduler.log'),
    );
    scheduler.start();
    end.unshift(() => scheduler.stop());
  }, 180_000);

  afterAll(async () => {
    for (const one of end) await one();
  });

  const nodeOf = async (name: string): Promise<string> => {
    const { spec } = await until(clock, {
      what: `the binding of ${name}`,
      read: () => cluster.get(Pod, { namespace: 'default', name }),
      done: (pod) => Boolean(pod.spec?.nodeName),
    });
    return spec?.nodeName ?? '';
  };

  const create = (name: string, cpu: string) =>
    cluster.create(Pod, {
      metadata: { namespace: 'default', name },
      spec: { containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu } } }] },
    });

  it('binds pods to the node with the least use, which it cannot see itself', async () => {
    for (const name of ['a', 'b']) {
      await create(name, '100m');
      expect(await nodeOf(name)).toBe('idle');
    }
    expect(new Set(asked)).toEqual(new Set(['/filter', '/prioritize']));
  });
});

const configurationOf = (kubeconfig: string, port: number) => ({
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  clientConnection: { kubeconfig },
  leaderElection: { leaderElect: false },
  extenders: [
    {
      urlPrefix: `http://127.0.0.1:${port}`,
      filterVerb: 'filter',
      prioritizeVerb: 'prioritize',
      weight: 10,
      nodeCacheCapable: true,
      httpTimeout: '5s',
    },
  ],
});
