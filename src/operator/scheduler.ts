import { Pod } from '../api/kubernetes.js';
import { createManager, type Manager, type ManagerOptions } from '../runtime/index.js';
import {
  type Profile,
  Scheduler,
  type SchedulerMetrics,
  spreadsByDefault,
  trimmedPod,
  trimSelectors,
} from '../scheduler/index.js';

export interface SchedulerProgramOptions extends ManagerOptions {
  readonly profiles: readonly Profile[];
  readonly recordsScheduled?: boolean;
  /** Default: they are; the embedded cluster serves none. */
  readonly watchesVolumes?: boolean;
  /** Default: they are; the embedded cluster serves none. */
  readonly watchesBudgets?: boolean;
  /** See `servesPodGroups`. Default: they are not. */
  readonly watchesPodGroups?: boolean;
  readonly schedulerMetrics?: SchedulerMetrics;
}

/** One for each pod: they keep pace with the bindings, which are many at once. */
const eventsAtOnce = 8;

/** Puts the scheduler together for a cluster and a clock: what `penstock scheduler` and the tests use. Call `manager.start`. */
export function createScheduler(options: SchedulerProgramOptions): {
  readonly manager: Manager;
  readonly scheduler: Scheduler;
} {
  const { profiles, recordsScheduled, schedulerMetrics, clock, random } = options;
  const { watchesVolumes = true, watchesBudgets = watchesVolumes, watchesPodGroups = false } = options;
  const manager = createManager({ component: 'penstock.dev/scheduler', eventsAtOnce, ...options });
  const { cluster, cache } = manager;
  // who spreads nobody by default pays nothing for services and workloads
  const watchesSelectors = profiles.some(spreadsByDefault);
  const scheduler = new Scheduler({
    cluster,
    cache,
    clock,
    profiles,
    random: random.split('scheduler'),
    watchesVolumes,
    watchesBudgets,
    watchesPodGroups,
    watchesSelectors,
    noted: onceEach((note) => options.logger.info(note)),
    ...(recordsScheduled !== undefined && { recordsScheduled }),
    ...(schedulerMetrics && { metrics: schedulerMetrics }),
  });
  manager.trim(Pod, trimmedPod);
  if (watchesSelectors) trimSelectors(manager);
  manager.add(scheduler.definition());
  return { manager, scheduler };
}

/** The same is said once, as long as nothing else is. */
function onceEach(say: (note: string) => void): (note: string) => void {
  let last: string | undefined;
  return (note) => {
    if (note !== last) say(note);
    last = note;
  };
}
