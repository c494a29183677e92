import type { Io } from '../io.js';
import { palette } from '../output/palette.js';
import { progressOn } from '../progress/progress.js';
import { seededRandom } from '../../support/random.js';
import { embeddedPlace } from './embedded-place.js';
import { report } from './report.js';
import { playStory, type Scenario } from './story.js';

export interface DemoOptions extends Scenario {
  readonly seed: number;
}

/** The demo on a cluster in this process. */
export async function demoInProcess(io: Io, options: DemoOptions): Promise<void> {
  const { clock, stdout, interrupted: signal } = io;
  const random = seededRandom(options.seed);
  const progress = progressOn('stdout', io);
  const place = await progress.step('Starting a cluster in this process', async (say) => {
    const place = await embeddedPlace(clock, random, options.containers + 2 * options.claim);
    say(`${place.nodes} simulated nodes, Penstock's kinds and its operator`);
    return place;
  });
  try {
    const outcome = await playStory({ place, clock, random, progress, signal }, options);
    stdout.write(report(outcome, place, palette(stdout, io.environment).bold));
    stdout.write(next);
  } finally {
    await place.close(() => {});
  }
}

const next = `
What to try next

  the same on a real API server           npm run demo -- --kubeconfig ~/.kube/config
  another draw of start-up times          npm run demo -- --seed 7
  a larger batch                          npm run demo -- --containers 1000 --claim 500
  Penstock in your own cluster            npm run penstock -- install --crds
                                          npm run penstock -- run
  then a pool of your own, and a claim    npm run penstock -- pool create web --image nginx:1.29 --replicas 10
                                          npm run penstock -- deliver 3 --pool web --env SITE=shop
`;
