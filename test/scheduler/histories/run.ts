import { CustomResourceDefinition, type Pod } from '../../../src/api/kubernetes.js';
import { EmbeddedCluster } from '../../../src/embedded/index.js';
import { createScheduler } from '../../../src/operator/index.js';
import type { Manager } from '../../../src/runtime/index.js';
import type { Profile, Scheduler } from '../../../src/scheduler/index.js';
import { createPolicy, createScorePolicy } from '../../../src/scheduling/index.js';
import { type Logger, silentLogger } from '../../../src/support/log.js';
import { type Random, seededRandom } from '../../../src/support/random.js';
import { type Duration, minute, second } from '../../../src/support/time.js';
import { VirtualClock } from '../../../src/support/virtual-clock.js';
import { startChaos } from '../../faults/chaos.js';
import { Journal } from '../../faults/journal.js';
import { drawMix, type Mix, noFaults } from '../../faults/mix.js';
import { Replica } from '../../faults/replicas.js';
import type { ServerRecord } from '../../faults/server-record.js';
import { type Violation, violation } from '../../faults/violation.js';
import { Weather } from '../../faults/weather.js';
import { podGroupDefinition } from '../pod-group.js';
import { checkCache, checkWaiting, readEndState } from './end-state.js';
import { checkGangs } from './gangs.js';
import { Kubelets } from './kubelets.js';
import { perform } from './operations.js';
import { checkPreemptions, checkPreemptors } from './preemptions.js';
import { type Happening, recordOf } from './record.js';
import { checkSafety } from './safety.js';
import { drawScenario, type Scenario } from './scenario.js';

export interface Run {
  readonly seed: number;
  readonly mix: Mix;
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  readonly record: ServerRecord<Happening>;
  readonly journal: Journal;
  /** When the first operation was: the trace counts from here. */
  readonly start: number;
}

/** By then everything is done: sooner than what waits is tried again by the way, which would hide that it was forgotten. */
const settling: Duration = 3 * minute;
/** By then all that waits was tried again, and says why it waits as things are now. */
const retried: Duration = 8 * minute;
/** From then on nothing is written, however often it is tried. */
const quiet: Duration = 12 * minute;

/** One seed: a scenario and faults together, then the time after the faults, then all checks. */
export async function run(seed: number, logger: Logger = silentLogger): Promise<Run> {
  const random = seededRandom(`scheduler/${seed}`);
  // one run in ten has no faults: what fails there is no matter of faults at all
  const drawn = drawMix(random.split('mix'));
  const mix = seed % 10 === 0 ? noFaults : { ...drawn, collector: false, foreign: false, denied: 0 };
  const scenario = drawScenario(random.split('scenario'));
  const profile = drawProfile(random.split('profile'));
  const clock = new VirtualClock();
  const start = clock.now();
  const end = new AbortController();
  const cluster = new EmbeddedCluster({ clock, random: random.split('cluster') });
  await cluster.create(CustomResourceDefinition, podGroupDefinition);
  const record = recordOf(cluster, clock, end.signal);
  const journal = new Journal(clock);
  new Kubelets(cluster, clock, random.split('kubelets')).run(end.signal);

  const weather = new Weather(mix, random.split('weather'), clock);
  const running = new Map<string, { readonly manager: Manager; readonly scheduler: Scheduler }>();
  const replicas = (mix.operators === 'one' ? ['a'] : ['a', 'b']).map(
    (name) =>
      new Replica({
        name,
        lease: 'penstock-scheduler',
        cluster,
        clock,
        logger,
        weather,
        journal,
        random: random.split(`replica/${name}`),
        mutate: (unchanged) => unchanged,
        launch: (options) => {
          const launched = createScheduler({
            ...options,
            profiles: [profile],
            watchesVolumes: false,
            watchesPodGroups: true,
          });
          running.set(name, launched);
          return launched.manager;
        },
      }),
  );
  for (const operation of scenario.operations) clock.at(start + operation.at, () => void perform(operation, cluster));
  startChaos(cluster, weather, replicas, random.split('chaos'));
  for (const replica of replicas) replica.start();

  await clock.advance(scenario.length + second);
  weather.clear();
  // that two are active at once is a fault, too
  const retired = mix.operators === 'both' ? replicas.slice(1) : [];
  for (const replica of retired) replica.retire();
  if (mix.operators === 'both') running.delete('b');
  await clock.advance(settling);
  const settled = await readEndState(cluster);
  const isHeld = ({ spec }: Pod) => profile.batchPolicy !== undefined && spec?.restartPolicy === 'Never';
  const violations: Violation[] = [
    ...checkSafety(record.happenings, journal, mix),
    ...checkGangs(record.happenings, settled.podGroups, mix),
    ...checkWaiting(settled, isHeld),
    ...(await checkPreemptions(record.happenings, cluster)),
    ...(profile.preemption ? checkPreemptors(settled, isHeld) : []),
  ];
  await clock.advance(retried);
  const written = journal.entries.length;
  await clock.advance(quiet);
  const after = journal.entries.slice(written).filter(({ error }) => error === undefined);
  if (after.length > 0) {
    const what = after.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`).join(', ');
    violations.push(
      violation('comes to rest', `long after the last change: ${what}`, ...after.map(({ name }) => name)),
    );
  }
  const rest = await readEndState(cluster);
  // who lost its lease in the middle of a binding leaves open what became of it until it leads again
  for (const { manager, scheduler } of running.values())
    if (manager.leading) violations.push(...checkCache(rest, scheduler));
  for (const replica of replicas) replica.retire();
  end.abort();
  return { seed, mix, scenario, violations, record, journal, start };
}

function drawProfile(random: Random): Profile {
  const schedulerName = 'default-scheduler';
  const policy = createScorePolicy(random.pick(['balance', 'balance', 'pack']));
  const batch = random.uniform() < 0.25 ? createPolicy('max-weight') : undefined;
  const preempts = random.split('preemption').uniform() < 0.5;
  return {
    schedulerName,
    policy,
    ...(batch?.kind === 'batch' && { batchPolicy: batch }),
    ...(preempts && { preemption: {} }),
  };
}
