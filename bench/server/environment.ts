/** A real control plane with the operator and simulated nodes, each in a process of its own, as in production. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installCrds } from '../../src/cluster/crds.js';
import { connect, type Connection } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { ControlPlane } from '../../test/control-plane/control-plane.js';

type Program = 'nodes' | 'operator';

export interface Environment {
  readonly plane: ControlPlane;
  readonly connection: Connection;
  /** Starts one more program of this folder beside it. */
  run(program: string, ...words: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param programs of this folder, which run beside the control plane
 * @param nodes how many are simulated; each takes 110 pods
 */
export async function startEnvironment(
  programs: readonly Program[] = ['nodes', 'operator'],
  nodes = 40,
): Promise<Environment> {
  const plane = await ControlPlane.start();
  const clock = new WallClock();
  const connection = await connect(
    { kubeconfig: plane.kubeconfig },
    { clock, logger: silentLogger, userAgent: 'bench' },
  );
  const children: ChildProcess[] = [];
  const run = async (program: string, ...words: readonly string[]) => {
    const child = fork(fileURLToPath(new URL(`./${program}.js`, import.meta.url)), [plane.kubeconfig, ...words]);
    children.push(child);
    await ready(program, child);
    // what waits for its answers would wait for ever
    child.once('exit', (code) => {
      if (stopping) return;
      console.error(`${program} ended with ${code}: the bench cannot go on`);
      void stop().finally(() => process.exit(1));
    });
  };
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (const child of children) child.kill('SIGKILL');
    connection.close();
    await plane.stop();
  };
  try {
    await installCrds(connection.cluster, clock);
    for (const program of programs) await run(program, ...(program === 'nodes' ? [String(nodes)] : []));
    return { plane, connection, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A program of this folder sends a message when it is ready. */
function ready(program: string, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready`)));
  });
}
