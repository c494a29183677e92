/** A real control plane with the operator and simulated nodes, each in a process of its own, as in production. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installCrds } from '../../src/cluster/crds.js';
import { connect, type Connection } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { ControlPlane } from '../../test/control-plane/control-plane.js';

export interface Environment {
  readonly plane: ControlPlane;
  readonly connection: Connection;
  stop(): Promise<void>;
}

/** @param programs of this folder, which run beside the control plane */
export async function startEnvironment(
  programs: readonly ('nodes' | 'operator')[] = ['nodes', 'operator'],
): Promise<Environment> {
  const plane = await ControlPlane.start();
  const clock = new WallClock();
  const connection = await connect(
    { kubeconfig: plane.kubeconfig },
    { clock, logger: silentLogger, userAgent: 'bench' },
  );
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children) child.kill('SIGKILL');
    connection.close();
    await plane.stop();
  };
  try {
    await installCrds(connection.cluster, clock);
    for (const program of programs) children.push(await started(program, plane.kubeconfig));
    return { plane, connection, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a program of this folder; it sends a message when it is ready. */
function started(program: string, kubeconfig: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL(`./${program}.js`, import.meta.url)), [kubeconfig]);
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready`)));
  });
}
