import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { CustomResourceDefinition, Lease, Namespace, Node, Pod } from '../../src/api/kubernetes.js';
import { Interrupted } from '../../src/cli/io.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { installCrds } from '../../src/cluster/crds.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { penstock } from './harness.js';

const clock = new WallClock();

/** Names of everything that a demo could leave, on the whole server. */
async function everything(cluster: Cluster): Promise<readonly string[]> {
  const kinds = [Namespace, Node, Pod, CustomResourceDefinition] as const;
  const names: string[] = [];
  for (const kind of kinds) {
    const { items } = await cluster.list<Namespace | Node | Pod | CustomResourceDefinition>(kind);
    names.push(...items.map(({ metadata }) => `${kind.plural}/${metadata.name}`));
  }
  const leases = (await cluster.list(Lease)).items.map(({ metadata }) => metadata.name);
  return [...names, ...leases.filter((name) => !name.startsWith('apiserver-'))].sort();
}

describe.skipIf(lacks(controlPlaneWithControllers, 'the demo on a real API server'))(
  'the demo on a real API server',
  () => {
    let plane: ControlPlane;
    let connection: Connection;
    beforeAll(async () => {
      plane = await ControlPlane.start({ controllers: true });
      connection = await connect({ kubeconfig: plane.kubeconfig }, { clock, logger: silentLogger });
    });
    afterAll(async () => {
      connection.close();
      await plane.stop();
    });
    const line = () => ['demo', '--kubeconfig', plane.kubeconfig, '--containers', '8', '--claim', '6'];

    test('delivers, and leaves nothing behind', async () => {
      const before = await everything(connection.cluster);
      const { exitCode, stdout, stderr } = await penstock(line());
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/hand-over .* 6 +1 per container\n/);
      expect(stdout).toContain('nothing is left behind');
      expect(await everything(connection.cluster)).toEqual(before);
    });

    test('leaves nothing behind when it is interrupted, but the kinds that were there', async () => {
      await installCrds(connection.cluster, clock);
      const before = await everything(connection.cluster);
      const interruption = new AbortController();
      const running = penstock(line(), { interrupted: interruption.signal });
      for (let tries = 0; tries < 600; tries++) {
        const { items } = await connection.cluster.list(ContainerPool);
        if (items.some(({ status }) => (status?.starting ?? 0) > 0)) break;
        await clock.sleep(50);
      }
      interruption.abort(new Interrupted('SIGINT'));
      const { exitCode, stderr } = await running;
      expect(stderr).toBe('error: interrupted\n');
      expect(exitCode).toBe(130);
      expect(await everything(connection.cluster)).toEqual(before);
    });
  },
);
