import type { Io } from '../io.js';
import { palette } from '../output/palette.js';
import { type Progress, progressOn } from '../progress/progress.js';
import { type Random, seededRandom } from '../../support/random.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { embeddedPlace } from './embedded-place.js';
import type { Place } from './place.js';
import { realPlace } from './real-place.js';
import { report } from './report.js';
import { messageOf } from '../../support/errors.js';
import { Undo } from './undo.js';
import { comparePolicies } from './scheduling/compare.js';
import { schedulingReport } from './scheduling/report.js';
import { playStory, type Scenario } from './story.js';

export interface DemoOptions extends Scenario {
  readonly seed: number;
}

/** The demo on a cluster in this process. */
export async function demoInProcess(io: Io, options: DemoOptions): Promise<void> {
  const { clock } = io;
  const random = seededRandom(options.seed);
  const progress = progressOn('stdout', io);
  const place = await progress.step('Starting a cluster in this process', async (say) => {
    const place = await embeddedPlace(clock, random, podsAtMost(options));
    say(`${place.nodes} simulated nodes, Penstock's kinds and its operator`);
    return place;
  });
  await tell(io, { place, progress, random }, options);
}

/** The demo on a real API server, in a namespace and with nodes of its own that go again. */
export async function demoOnServer(io: Io, options: DemoOptions & ClusterOptions): Promise<void> {
  const { clock, interrupted: signal } = io;
  const random = seededRandom(options.seed);
  const progress = progressOn('stdout', io);
  const name = `penstock-demo-${io.random.suffix(5)}`;
  await withCluster(io, options, async ({ cluster, server }) => {
    await withCluster(io, options, async ({ cluster: outside }) => {
      const place = await progress.step(`Preparing ${server}`, async (report) => {
        const containers = podsAtMost(options);
        const place = await realPlace({ cluster, outside, clock, random, name, containers, signal, report });
        report(`namespace ${name}, ${place.nodes} simulated nodes that only its pods may use, and their scheduler`);
        return place;
      });
      await tell(io, { place, progress, random }, options);
    });
  });
}

/** In stock, in use, and cold, all at the same time. */
const podsAtMost = ({ containers, claim }: Scenario): number => containers + 2 * claim;

interface Stage {
  readonly place: Place;
  readonly progress: Progress;
  readonly random: Random;
}

/** Plays, tells, and clears the stage whatever happens. */
async function tell(io: Io, { place, progress, random }: Stage, scenario: Scenario): Promise<void> {
  const { clock, stdout, stderr, environment, interrupted: signal } = io;
  const undo = new Undo();
  const colors = palette(stdout, environment);
  try {
    const outcome = await playStory({ place, clock, random, progress, signal }, scenario);
    stdout.write(`${report(outcome, place, colors.bold)}\n`);
    const comparison = await comparePolicies({ place, clock, random, progress, signal, undo });
    stdout.write(`${schedulingReport(comparison, colors)}\n`);
  } finally {
    const left = await progress.step('Clearing up', async (say) => {
      const left = [...(await undo.run(say, messageOf)), ...(await place.close(say))];
      say(left.length === 0 ? 'nothing is left behind' : 'not everything could be taken away');
      return left;
    });
    for (const sentence of left) stderr.write(`warning: ${sentence}\n`);
  }
  stdout.write(next);
}

const next = `
What to try next

  the same on a real API server           npm run demo -- --kubeconfig ~/.kube/config
  another draw of start-up times          npm run demo -- --seed 7
  a larger batch                          npm run demo -- --containers 1000 --claim 500
  Penstock in your own cluster            npm run penstock -- install --crds
                                          npm run penstock -- run
  the scheduler by use beside it          npm run penstock -- scheduler
  then a pool of your own, and a claim    npm run penstock -- pool create web --image nginx:1.29 --replicas 10
                                          npm run penstock -- deliver 3 --pool web --env SITE=shop
`;
