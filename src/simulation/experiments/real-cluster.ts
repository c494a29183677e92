/** A real cluster in place of a simulation: in namespaces that are made for a trial and deleted after it, with the operator that runs there. */
import { z } from 'zod';
import { Namespace } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import { connect } from '../../cluster/kubernetes/index.js';
import { Conflict, NotFound } from '../../cluster/errors.js';
import type { Clock } from '../../support/clock.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { silentLogger } from '../../support/log.js';
import { type Duration, minute, second } from '../../support/time.js';
import { WallClock } from '../../support/wall-clock.js';

/** Parameters of experiments that can run on a real cluster. */
export const realClusterParameters = {
  kubeconfig: z
    .string()
    .min(1)
    .optional()
    .describe('file: a real cluster where Penstock runs, in place of a simulation'),
  namespace: z
    .string()
    .min(1)
    .default('penstock-experiment')
    .describe('on a real cluster: what the names of its namespaces begin with'),
  image: z.string().min(1).default('busybox:1.37').describe('on a real cluster: an image with sh and sleep'),
};

interface Given {
  readonly kubeconfig?: string | undefined;
  readonly namespace: string;
  readonly image: string;
}

export interface RealCluster {
  readonly server: string;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly image: string;
  /** A program that runs until it is stopped. */
  readonly command: readonly string[];
  /** Runs work in a namespace of its own, which is deleted afterwards. */
  readonly within: <T>(name: string, work: (namespace: string) => Promise<T>) => Promise<T>;
  /** @throws CodedError `EXPERIMENT_TIMED_OUT` */
  readonly until: (what: string, holds: () => Promise<boolean> | boolean, limit?: Duration) => Promise<void>;
}

/** @throws CodedError for a cluster that cannot be reached */
export async function realClusterOf({ kubeconfig, namespace, image }: Given): Promise<RealCluster | undefined> {
  if (kubeconfig === undefined) return undefined;
  const clock = new WallClock();
  const options = { clock, logger: silentLogger, userAgent: 'penstock-experiment' };
  const { cluster, server } = await connect({ kubeconfig }, options);
  const until: RealCluster['until'] = async (what, holds, limit = 2 * minute) => {
    for (const begun = clock.now(); clock.now() - begun < limit; await clock.sleep(second / 4))
      if (await holds()) return;
    throw new CodedError(
      'EXPERIMENT_TIMED_OUT',
      `not within ${limit / second} s: ${what}`,
      'an operator has to run on the cluster (penstock run, or an installation), and its nodes must be able to pull the image',
      exitCodes.timedOut,
    );
  };
  const removed = async (name: string) => {
    const isGone = () => cluster.remove(Namespace, { name }).then(() => false, unlessAbsent);
    await until(`the namespace ${name} of an earlier run to be gone`, isGone);
  };
  return {
    server,
    cluster,
    clock,
    image,
    command: ['sh', '-c', 'trap exit TERM; while :; do sleep 1; done'],
    async within(name, work) {
      const own = `${namespace}-${name}`.toLowerCase();
      // of a run that was killed
      await removed(own);
      await cluster.create(Namespace, { metadata: { name: own } });
      try {
        return await work(own);
      } finally {
        await cluster.remove(Namespace, { name: own });
      }
    },
    until,
  };
}

/** Whether it was absent, where that is why. */
function unlessAbsent(error: unknown): boolean {
  if (error instanceof NotFound) return true;
  // a server that still removes it says so
  if (error instanceof Conflict) return false;
  throw error;
}
