import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import type { Logger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { type Duration, minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { startChaos } from './chaos.js';
import { checkBeside } from './beside.js';
import { checkEndState } from './end-state.js';
import { checkFairness } from './fairness.js';
import { History } from './history.js';
import { Journal } from './journal.js';
import { Kubelet } from './kubelet.js';
import { drawMix, type Mix, noFaults } from './mix.js';
import { Replica } from './replicas.js';
import { checkSafety } from './safety.js';
import { drawScenario, type Scenario } from './scenario.js';
import { type Violation, violation } from './violation.js';
import { Weather } from './weather.js';
import { makeCluster, perform } from './world.js';

export interface RunOptions {
  readonly seed: number;
  /** Default: drawn from the seed. */
  readonly mix?: Mix;
  /** Puts a mistake between the operator and the cluster: the suite must find it. */
  readonly mutate?: (cluster: Cluster) => Cluster;
  readonly logger?: Logger;
}

export interface Run {
  readonly seed: number;
  readonly mix: Mix;
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  readonly history: History;
  readonly journal: Journal;
  /** When the first deed was done: the trace counts from here. */
  readonly start: number;
}

const collectedKinds = [Pod, ContainerPool, ContainerClaim];

/** After this the operator must not write any more, if nothing happens. */
const settling: Duration = 15 * minute;
/** By then everything is done that does not wait for a container which cannot be deleted. */
const besides: Duration = 20 * minute;
const quiet: Duration = 10 * minute;

/** One seed: a scenario and faults together, then the time after the faults, then all checks. */
export async function run({
  seed,
  mix: given,
  mutate = (cluster) => cluster,
  logger = silentLogger,
}: RunOptions): Promise<Run> {
  const random = seededRandom(seed);
  // one run in ten has no faults: what fails there is no matter of faults at all
  const mix = given ?? (seed % 10 === 0 ? noFaults : drawMix(random.split('mix')));
  const scenario = drawScenario(random.split('scenario'));
  const clock = new VirtualClock();
  const start = clock.now();
  const end = new AbortController();
  const cluster = await makeCluster(clock, random.split('cluster'), mix);
  const history = new History(cluster, clock, end.signal);
  const journal = new Journal(clock);
  const collector = createManager({ cluster, clock, random: random.split('collector'), logger });
  builtInControllers({ manager: collector, clock, controllers: ['garbage-collector'], collectedKinds });
  if (mix.collector) await clock.settle(collector.start(), minute);
  const kubelet = new Kubelet(cluster, clock, random.split('kubelet'));
  void kubelet.run(end.signal);

  const weather = new Weather(mix, random.split('weather'), clock);
  const names = mix.operators === 'one' ? ['a'] : ['a', 'b'];
  const replicas = names.map(
    (name) =>
      new Replica({
        name,
        launch: createOperator,
        lease: 'penstock-operator',
        cluster,
        clock,
        logger,
        weather,
        journal,
        mutate,
        random: random.split(`replica/${name}`),
      }),
  );
  for (const deed of scenario.deeds) clock.at(start + deed.at, () => void perform(deed, cluster, clock));
  startChaos(cluster, weather, replicas, random.split('chaos'));
  for (const replica of replicas) replica.start();

  await clock.advance(scenario.length + second);
  weather.clear();
  // that two are active at once is a fault, too
  if (mix.operators === 'both') for (const replica of replicas.slice(1)) replica.retire();
  const violations: Violation[] = [];
  if (mix.denied > 0) {
    await clock.advance(besides);
    violations.push(...(await checkBeside(cluster, (name) => weather.denies('remove', name))));
  }
  const named = history.happenings.map(({ object }) => object.metadata.name);
  const denied = new Set(named.filter((name) => weather.denies('remove', name)));
  weather.allowDeletions();
  if (!(await comesToRest(clock, journal)))
    violations.push(violation('comes to rest', 'the operator still writes, long after the last change'));
  violations.push(
    ...checkSafety(history.happenings, journal, kubelet.latches, mix, (pod) => denied.has(pod)),
    ...checkFairness(history.happenings, mix),
    ...(await checkEndState(cluster)),
  );
  for (const replica of replicas) replica.retire();
  collector.kill();
  end.abort();
  return { seed, mix, scenario, violations, history, journal, start };
}

/** Whether there came ten minutes without a write. */
async function comesToRest(clock: VirtualClock, journal: Journal): Promise<boolean> {
  const start = clock.now();
  const limit = start + settling + quiet;
  while (clock.now() < limit) {
    const rest = Math.max(journal.lastWrite, start) + quiet - clock.now();
    if (rest <= 0) return true;
    await clock.advance(Math.max(second, Math.min(rest, limit - clock.now())));
  }
  return clock.now() - journal.lastWrite >= quiet;
}
