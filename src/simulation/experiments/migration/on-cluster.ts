/** The same pairs on a real cluster: in a namespace of its own, with the operator that runs there. */
import { Namespace } from '../../../api/kubernetes.js';
import { connect } from '../../../cluster/kubernetes/index.js';
import { AlreadyExists } from '../../../cluster/errors.js';
import { CodedError, exitCodes } from '../../../support/errors.js';
import { silentLogger } from '../../../support/log.js';
import { minute, second } from '../../../support/time.js';
import { WallClock } from '../../../support/wall-clock.js';
import { type MatrixEnd, type Verdict, verdictOn } from './matrix.js';
import { MigrationWorkloads } from './workloads.js';

export interface RealClusterOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly image: string;
}

export interface RealCluster {
  readonly server: string;
  /** In a namespace that is made for it and deleted. */
  verdict(source: MatrixEnd, target: MatrixEnd): Promise<Verdict>;
}

const patience = 2 * minute;

/** @throws CodedError for a cluster that cannot be reached */
export async function onCluster({ kubeconfig, namespace, image }: RealClusterOptions): Promise<RealCluster> {
  const clock = new WallClock();
  const { cluster, server } = await connect(
    { kubeconfig },
    { clock, logger: silentLogger, userAgent: 'penstock-experiment' },
  );
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (const begun = clock.now(); clock.now() - begun < patience; ) {
      if (await holds()) return;
      await clock.sleep(second / 4);
    }
    throw new CodedError(
      'MIGRATION_TIMED_OUT',
      `not within two minutes: ${what}`,
      'an operator has to run on the cluster (penstock run, or an installation), and the image must be one that its nodes can pull',
      exitCodes.timedOut,
    );
  };
  return {
    server,
    async verdict(source, target) {
      const own = `${namespace}-${source}-${target}`.toLowerCase();
      await cluster.create(Namespace, { metadata: { name: own } }).catch((error: unknown) => {
        if (!(error instanceof AlreadyExists)) throw error;
      });
      const command = ['sh', '-c', 'trap exit TERM; while :; do sleep 1; done'];
      const workloads = new MigrationWorkloads({ cluster, namespace: own, image, command, until });
      try {
        return await verdictOn(workloads, clock, 'm', source, target);
      } finally {
        await cluster.remove(Namespace, { name: own });
      }
    },
  };
}
