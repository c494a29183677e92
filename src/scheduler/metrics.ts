import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How an attempt ended, in kube-scheduler's words. */
export type AttemptResult = 'scheduled' | 'unschedulable' | 'error';

/** Hears what the scheduler does. */
export interface SchedulerMetrics {
  attempted(result: AttemptResult, profile: string, seconds: number): void;
  /** A pod was bound: so long after it was first seen, after so many attempts. */
  bound(seconds: number, attempts: number): void;
  /** Others go to make room for a pod: so many. */
  preempted(victims: number): void;
  /** What is read when metrics are collected. */
  observe(gauges: SchedulerGauges): void;
  /** Seconds, on a clock of fine grain: attempts take microseconds. */
  now(): number;
}

export interface SchedulerGauges {
  readonly pending: Readonly<Record<'active' | 'backoff' | 'unschedulable', number>>;
  readonly nodes: number;
  readonly assumedPods: number;
}

export const unmeasured: SchedulerMetrics = {
  attempted: () => {},
  bound: () => {},
  preempted: () => {},
  observe: () => {},
  now: () => 0,
};

const attemptBuckets = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5];
const waitBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];

/** Metrics under kube-scheduler's names. `now`: a monotonic clock in seconds. */
export function schedulerMetrics(registry: Registry, now: () => number): SchedulerMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'Attempts to schedule a pod, by result.',
    labelNames: ['result', 'profile'],
    registers,
  });
  const duration = new Histogram({
    name: 'scheduler_scheduling_attempt_duration_seconds',
    help: 'Time to choose a node for a pod, binding not included.',
    labelNames: ['result', 'profile'],
    buckets: attemptBuckets,
    registers,
  });
  const wait = new Histogram({
    name: 'scheduler_pod_scheduling_sli_duration_seconds',
    help: 'Time from a pod being seen to its being bound.',
    labelNames: ['attempts'],
    buckets: waitBuckets,
    registers,
  });
  const preemptions = new Counter({
    name: 'scheduler_preemption_attempts_total',
    help: 'Pods for which others were chosen to go.',
    registers,
  });
  const victims = new Histogram({
    name: 'scheduler_preemption_victims',
    help: 'Pods that were chosen to go for one pod.',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  });
  let gauges: SchedulerGauges | undefined;
  new Gauge({
    name: 'scheduler_pending_pods',
    help: 'Pods that wait, by queue.',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const [queue, count] of Object.entries(gauges?.pending ?? {})) this.set({ queue }, count);
    },
  });
  new Gauge({
    name: 'scheduler_cache_size',
    help: 'Nodes and assumed pods in the cache.',
    labelNames: ['type'],
    registers,
    collect() {
      this.set({ type: 'nodes' }, gauges?.nodes ?? 0);
      this.set({ type: 'assumed_pods' }, gauges?.assumedPods ?? 0);
    },
  });
  return {
    attempted: (result, profile, seconds) => {
      attempts.inc({ result, profile });
      duration.observe({ result, profile }, seconds);
    },
    bound: (seconds, count) => wait.observe({ attempts: count >= 15 ? '15+' : String(count) }, seconds),
    preempted: (count) => {
      preemptions.inc();
      victims.observe(count);
    },
    observe: (observed) => {
      gauges = observed;
    },
    now,
  };
}
