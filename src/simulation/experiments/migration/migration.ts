import { z } from 'zod';
import { realistic } from '../../../embedded/nodes/index.js';
import type { Random } from '../../../support/random.js';
import { minute, second } from '../../../support/time.js';
import { Simulation } from '../../control-plane/simulation.js';
import { experiment, type Outcome } from '../experiment.js';
import { type RealCluster, realClusterOf, realClusterParameters } from '../real-cluster.js';
import { ends, type MatrixEnd, type Verdict, verdictOn } from './matrix.js';
import { report } from './report.js';
import { MigrationWorkloads } from './workloads.js';

const parameters = z.strictObject(realClusterParameters);

const isEnd = (text: unknown): text is MatrixEnd => ends.some((one) => one === text);

/** The abstract's other half: what containers can be migrated to, without a restart. */
export const migration = experiment({
  name: 'migration',
  about:
    'from which workload to which running containers can be moved: possible or why not, success, container kept, time',
  parameters,
  policies: ['penstock'],
  seeds: 1,
  load: realClusterOf,
  points: () => ends.flatMap((source) => ends.map((target) => ({ source, target }))),
  notes: (real) => (real ? [`On the real cluster ${real.server}, in real time.`] : ['In virtual time.']),
  async run({ input, random }, { at }, signal) {
    const { source, target } = at;
    if (!isEnd(source) || !isEnd(target)) throw new Error(`no pair ${JSON.stringify(at)}`);
    return outcomeOf(await (input ? onCluster(input, source, target) : simulated(source, target, random, signal)));
  },
  report,
});

const outcomeOf = ({ seconds, ...facts }: Verdict): Outcome => ({ measures: { seconds }, facts: { ...facts } });

const onCluster = (real: RealCluster, source: MatrixEnd, target: MatrixEnd): Promise<Verdict> =>
  real.within(`${source}-${target}`, (namespace) =>
    verdictOn(new MigrationWorkloads({ ...real, namespace }), real.clock, 'm', source, target),
  );

async function simulated(source: MatrixEnd, target: MatrixEnd, random: Random, signal?: AbortSignal): Promise<Verdict> {
  const simulation = await Simulation.start({
    seed: `migration ${random.split(`${source} ${target}`).integer(0, 2 ** 30)}`,
    nodes: { count: 4, profile: realistic, images: ['app:1'] },
  });
  const { clock, cluster } = simulation;
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (let waited = 0; waited < 3 * minute; waited += second / 4) {
      signal?.throwIfAborted();
      if (await holds()) return;
      await clock.sleep(second / 4);
    }
    throw new Error(`not within three minutes: ${what}`);
  };
  const workloads = new MigrationWorkloads({ cluster, namespace: 'default', image: 'app:1', command: ['/app'], until });
  try {
    return await simulation.settle(verdictOn(workloads, clock, 'm', source, target));
  } finally {
    await simulation.stop();
  }
}
