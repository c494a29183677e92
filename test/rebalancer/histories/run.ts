import { PodDisruptionBudget } from '../../../src/api/administration.js';
import { ContainerClaim } from '../../../src/api/container-claim.js';
import { ContainerPool } from '../../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../../src/api/crds.js';
import {
  ConfigMap,
  CustomResourceDefinition,
  Deployment,
  Event,
  Pod,
  ReplicaSet,
} from '../../../src/api/kubernetes.js';
import { createEmbeddedWorld } from '../../../src/embedded/index.js';
import { createOperator, createRebalancer, createScheduler } from '../../../src/operator/index.js';
import type { RebalancerProfile, RebalancerSettings } from '../../../src/rebalancer/index.js';
import { type SchedulerCache, trackUse } from '../../../src/scheduler/index.js';
import { createScorePolicy } from '../../../src/scheduling/index.js';
import { type Logger, silentLogger } from '../../../src/support/log.js';
import { seededRandom } from '../../../src/support/random.js';
import { type Duration, hour, type Instant, minute, second } from '../../../src/support/time.js';
import { VirtualClock } from '../../../src/support/virtual-clock.js';
import { startChaos } from '../../faults/chaos.js';
import { type Entry, Journal } from '../../faults/journal.js';
import { drawMix, type Mix, noFaults } from '../../faults/mix.js';
import { Replica } from '../../faults/replicas.js';
import type { ServerRecord } from '../../faults/server-record.js';
import { type Violation, violation } from '../../faults/violation.js';
import { Weather } from '../../faults/weather.js';
import { checkEndState } from './end-state.js';
import { Loads, MeasuredUse, readingInterval } from './measured-use.js';
import { perform } from './operations.js';
import { PlanRecord } from './plan-record.js';
import { drawProfile } from './profile.js';
import { type Happening, recordOf } from './record.js';
import { checkSafety } from './safety.js';
import { drawScenario, type Scenario } from './scenario.js';
import { checkMoves } from './written-moves.js';

export interface Run {
  readonly seed: number;
  readonly mix: Mix;
  readonly profile: RebalancerProfile;
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  readonly record: ServerRecord<Happening>;
  readonly journal: Journal;
  readonly plans: PlanRecord;
  /** When the first operation was: the trace counts from here. */
  readonly start: number;
}

const collectedKinds = [Pod, ReplicaSet, Deployment, ContainerPool, ContainerClaim, PodDisruptionBudget];
/** Figures stand long after their source has stopped: who uses them must see how old they are. */
const times = { interval: readingInterval, window: 2 * readingInterval, maxAge: 10 * minute };
/** For how long nothing is written at the end: all budgets and windows have been free again for a while then. */
const quietOf = ({ budgets, returnWindow }: RebalancerSettings): Duration =>
  (budgets.perHour < 100 ? hour : returnWindow) + 10 * minute;
/** By then it must have come to rest. */
const limit: Duration = 10 * hour;

/** One seed: a scenario and faults together, then the time after the faults, then all checks. */
export async function run(seed: number, logger: Logger = silentLogger): Promise<Run> {
  const random = seededRandom(`rebalancer/${seed}`);
  // one run in ten has no faults: what fails there is no matter of faults at all
  const drawn = drawMix(random.split('mix'));
  const mix = seed % 10 === 0 ? noFaults : { ...drawn, collector: false, foreign: false, denied: 0 };
  const scenario = drawScenario(random.split('scenario'));
  const profile = drawProfile(random.split('profile'));
  const clock = new VirtualClock();
  const start = clock.now();
  const end = new AbortController();
  const world = createEmbeddedWorld({
    clock,
    random,
    nodes: { count: scenario.nodes, node: { capacity: { cpu: '4', memory: '8Gi', pods: '30' } } },
    controllers: ['garbage-collector', 'replica-set', 'deployment', 'disruption', 'node-lifecycle'],
    collectedKinds,
  });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const record = recordOf(cluster, clock, end.signal);
  const journal = new Journal(clock);
  const plans = new PlanRecord(clock, profile.settings);
  const loads = new Loads(scenario, start);
  const parts = { clock, logger };
  const scheduler = createScheduler({
    ...parts,
    cluster,
    random: random.split('scheduler'),
    profiles: [{ schedulerName: 'default-scheduler', policy: createScorePolicy('balance'), preemption: {} }],
    watchesVolumes: false,
    watchesBudgets: true,
  });
  const operator = createOperator({ ...parts, cluster, random: random.split('operator') });
  const track = (cache: SchedulerCache, name: string) => {
    const collector = trackUse(new MeasuredUse(loads, cluster, clock), cache, times, {
      ...parts,
      random: random.split(name),
    });
    collector.start();
    return collector;
  };
  await clock.settle(Promise.all([world.start(), scheduler.manager.start(), operator.start()]), minute);
  const collectors = new Map([['scheduler', track(scheduler.scheduler.cache, 'scheduler/use')]]);

  const weather = new Weather(mix, random.split('weather'), clock);
  const replicas = (mix.operators === 'one' ? ['a'] : ['a', 'b']).map(
    (name) =>
      new Replica({
        name,
        lease: 'penstock-rebalancer',
        cluster,
        clock,
        logger,
        weather,
        journal,
        random: random.split(`replica/${name}`),
        mutate: (unchanged) => unchanged,
        launch: (options) => {
          let cache: SchedulerCache | undefined;
          const launched = createRebalancer({
            ...options,
            profile,
            namespace: 'kube-system',
            watchesVolumes: false,
            rebalancerMetrics: plans.listener(name, () => cache),
          });
          cache = launched.cache;
          void collectors.get(name)?.stop();
          collectors.set(name, track(cache, `${name}/use`));
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
  if (mix.operators === 'both') for (const replica of replicas.slice(1)) replica.retire();
  const violations: Violation[] = [];
  if (!(await comesToRest(clock, journal, plans, quietOf(profile.settings))))
    violations.push(violation('comes to rest', 'it still writes, long after the last change'));
  violations.push(
    ...plans.violations,
    ...checkSafety(record.happenings, journal),
    ...checkMoves(record.happenings, journal, plans, profile.settings),
    ...(await checkEndState(cluster)),
  );
  for (const replica of replicas) replica.retire();
  for (const collector of collectors.values()) void collector.stop();
  scheduler.manager.kill();
  operator.kill();
  world.nodes.kill();
  void world.stop();
  end.abort();
  return { seed, mix, profile, scenario, violations, record, journal, plans, start };
}

/**
 * Whether there came a time of this length in which nothing was written. That an owner is asked again, once an hour, that could not
 * replace a pod does not count.
 */
async function comesToRest(
  clock: VirtualClock,
  journal: Journal,
  plans: PlanRecord,
  quiet: Duration,
): Promise<boolean> {
  const start = clock.now();
  while (clock.now() < start + limit) {
    const rest = Math.max(lastChange(journal, plans), start) + quiet - clock.now();
    if (rest <= 0) return true;
    await clock.advance(rest);
  }
  return false;
}

function lastChange({ entries }: Journal, plans: PlanRecord): Instant {
  const repeated = new Set(plans.repeated.map(({ pod }) => pod.key.split('/')[1] ?? ''));
  const isRepetition = ({ kind, name }: Entry) =>
    kind === ConfigMap.name || repeated.has(kind === Event.name ? name.slice(0, name.lastIndexOf('.')) : name);
  return Math.max(plans.lastNew, ...entries.filter((entry) => !isRepetition(entry)).map(({ at }) => at));
}
