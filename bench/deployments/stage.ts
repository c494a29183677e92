/** Where Deployments are scaled: a namespace of its own on the cluster of KUBECONFIG, with its operator in another process. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Deployment, Namespace } from '../../src/api/kubernetes.js';
import { optIn } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { NotFound } from '../../src/cluster/errors.js';
import { connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { image } from '../../test/e2e/environment.js';
import { closeGate } from '../../test/e2e/gate.js';
import { until } from '../measure.js';
import { poolDraft } from '../objects.js';

/** How a Deployment comes by its new replicas. */
export type Way = 'cold' | 'stock' | 'gated';
export const ways: readonly Way[] = ['cold', 'stock', 'gated'];

export interface Stage {
  readonly cluster: Cluster;
  readonly namespace: string;
  stop(): Promise<void>;
}

export async function openStage(stock: number): Promise<Stage> {
  const clock = new WallClock();
  const kubeconfig = process.env.KUBECONFIG ?? '';
  const connection = await connect({ kubeconfig }, { clock, logger: silentLogger, userAgent: 'bench' });
  const { cluster } = connection;
  const { metadata } = await cluster.create(Namespace, { metadata: { generateName: 'penstock-bench-' } });
  const namespace = metadata.name;
  let child: ChildProcess | undefined;
  let open: (() => Promise<void>) | undefined;
  const stop = async () => {
    await open?.();
    child?.kill('SIGKILL');
    await cluster.remove(Namespace, { name: namespace });
    await until('the end of the namespace', () => isGone(cluster, namespace));
    connection.close();
  };
  try {
    child = await started(kubeconfig, namespace);
    open = await closeGate({ cluster, clock, namespace });
    for (const way of ways) await deploy(cluster, namespace, way, stock);
    return { cluster, namespace, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function isGone(cluster: Cluster, namespace: string): Promise<boolean> {
  try {
    await cluster.get(Namespace, { name: namespace });
    return false;
  } catch (error) {
    if (error instanceof NotFound) return true;
    throw error;
  }
}

function started(kubeconfig: string, namespace: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./operator.js', import.meta.url)), [kubeconfig, namespace]);
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the operator ended with ${code} before it was ready`)));
  });
}

/** One replica, and a pool for more unless they are to start cold. Ends at once on SIGTERM, as process 1. */
async function deploy(cluster: Cluster, namespace: string, way: Way, stock: number): Promise<void> {
  const main = {
    name: 'main',
    image,
    command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done'],
    resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { memory: '32Mi' } },
  };
  await cluster.create(Deployment, {
    metadata: { namespace, name: way, ...(way !== 'cold' && { annotations: { [optIn.pool]: way } }) },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: way } },
      template: {
        metadata: { labels: { app: way }, ...(way === 'gated' && { annotations: { [optIn.gate]: 'true' } }) },
        spec: { terminationGracePeriodSeconds: 2, automountServiceAccountToken: false, containers: [main] },
      },
    },
  });
  if (way === 'cold') return;
  const { spec } = poolDraft(way, stock);
  await cluster.create(ContainerPool, {
    metadata: { namespace, name: way },
    spec: { ...spec, template: undefined, fromDeployment: { name: way } },
  });
}
