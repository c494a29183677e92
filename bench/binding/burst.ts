import { Event, Namespace, Pod } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { type Contestant, type RunningScheduler, start } from './contestants.js';
import { type Mix, podDraft } from './objects.js';
import { BindingObserver } from './observer.js';
import { cpuSeconds, peakMemory } from '../process-use.js';

/**
 * `waiting`: the pods are there before the scheduler starts, and it binds as fast as it can. `arriving`: it runs, and they are
 * created as fast as the server takes them.
 */
export interface Burst {
  readonly arrival: 'waiting' | 'arriving';
  readonly mix: Mix;
  readonly pods: number;
}

/** What one scheduler did with one burst. */
export interface Measured {
  /** From the first to the last binding. */
  readonly podsPerSecond: number;
  /** Of the scheduler's processor time, in milliseconds: until it is at rest again, less what it takes at rest. */
  readonly cpuPerPod: number;
  /** Events that it wrote, for each pod. */
  readonly eventsPerPod: number;
}

export interface Run {
  readonly bursts: readonly Measured[];
  /** MiB. */
  readonly peakMemory: number;
}

/** Creations under way at once. */
const inFlight = 32;

/** One scheduler from its start to its end: the first burst waits for it, the others come one after the other. */
export async function run(
  cluster: Cluster,
  kubeconfig: string,
  contestant: Contestant,
  bursts: readonly Burst[],
  namespace: string,
): Promise<Run> {
  await cluster.create(Namespace, { metadata: { name: namespace } });
  const observer = new BindingObserver(cluster, namespace);
  let scheduler: RunningScheduler | undefined;
  try {
    const measured: Measured[] = [];
    for (const [index, burst] of bursts.entries()) {
      const name = `burst-${index}`;
      const eventsBefore = await countEvents(cluster, namespace);
      const created = () => createPods(cluster, namespace, name, burst);
      if (burst.arrival === 'waiting') await created();
      scheduler ??= start(contestant, kubeconfig);
      const { pid } = scheduler;
      let from = { cpu: cpuSeconds(pid), at: performance.now() };
      const bound = observer.burst(burst.pods, () => {
        // until then a scheduler that starts reads what there is
        if (burst.arrival === 'waiting') from = { cpu: cpuSeconds(pid), at: performance.now() };
      });
      const [{ seconds }] = await Promise.all([bound, burst.arrival === 'arriving' ? created() : undefined]);
      const rest = await untilAtRest(pid);
      const cpu = rest.cpu - from.cpu - (rest.share * (rest.at - from.at)) / 1000;
      const events = (await countEvents(cluster, namespace)) - eventsBefore;
      measured.push({
        podsPerSecond: burst.pods / seconds,
        cpuPerPod: (cpu * 1000) / burst.pods,
        eventsPerPod: events / burst.pods,
      });
    }
    return { bursts: measured, peakMemory: scheduler ? peakMemory(scheduler.pid) : 0 };
  } finally {
    observer.stop();
    await scheduler?.stop();
  }
}

async function createPods(cluster: Cluster, namespace: string, name: string, { pods, mix }: Burst): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < pods) {
      const index = next++;
      await cluster.create(Pod, podDraft(namespace, `${name}-${index}`, mix, index));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** Parts of a core: less than that, twice in a row, is rest. */
const restful = 0.04;
const glance = 500;

/** Waits until the process does next to nothing. `share`: of one core, what it took last. */
async function untilAtRest(pid: number): Promise<{ cpu: number; at: number; share: number }> {
  let [before, at, quiet] = [cpuSeconds(pid), performance.now(), 0];
  for (const deadline = at + 30_000; ; ) {
    await new Promise((resolve) => setTimeout(resolve, glance));
    const [cpu, now] = [cpuSeconds(pid), performance.now()];
    const share = ((cpu - before) * 1000) / (now - at);
    [before, at] = [cpu, now];
    quiet = share < restful ? quiet + 1 : 0;
    if (quiet === 2 || now > deadline) return { cpu, at: now, share };
  }
}

async function countEvents(cluster: Cluster, namespace: string): Promise<number> {
  const { items, remaining = 0 } = await cluster.list(Event, { namespace, limit: 1 });
  return items.length + remaining;
}
