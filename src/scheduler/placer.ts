import type { Pod } from '../api/kubernetes.js';
import {
  type Assignment,
  type Diagnosis,
  diagnose,
  explainNode,
  filterNodes,
  podInfo,
  type Queue,
  ScheduleAlgorithm,
  unsupportedBy,
} from '../scheduling/index.js';
import { groupBy } from '../support/group-by.js';
import type { Random } from '../support/random.js';
import type { RoomChange, SchedulerCache } from './cache/scheduler-cache.js';
import { type Gang, gangOf, groupKeyOf, missingGroupOf, unsupportedByGroup } from './gang.js';
import type { SchedulerMetrics } from './metrics.js';
import { Evaluator, type Preemption } from './preemption/evaluator.js';
import { dependsOnPods, type Profile, runsToCompletion } from './profile.js';
import type { QueuedPod } from './queue/scheduling-queue.js';

export interface PlacerOptions {
  readonly profiles: readonly Profile[];
  readonly random: Random;
  readonly metrics?: SchedulerMetrics;
  /** Hears what a batch policy has to say of its work, such as that a search ended at its limit. */
  readonly noted?: (note: string) => void;
  /** Whether pods are going already to make room for this one: no others go meanwhile. Absent: never. */
  readonly isPreempting?: (uid: string) => boolean;
}

/** That of kube-scheduler which looks at groups. */
const byGang: ReadonlySet<string> = new Set(['GangScheduling']);
const leftToOthers = 'This scheduler does not do that: use schedulerName default-scheduler.';

/** What was decided for a pod. One that has a node counts there already. */
export type Placing = { readonly pod: QueuedPod; readonly node: string } | Refused;

export interface Refused {
  readonly pod: QueuedPod;
  readonly node?: undefined;
  readonly message: string;
  readonly refusedBy: ReadonlySet<string>;
  /** It fits, and has to wait for others. */
  readonly held?: boolean;
  /** Those that go to make room for it: it is nominated for their node already. */
  readonly preemption?: Preemption;
  /** What of the nodes has changed by that: it was nominated for another before. */
  readonly change?: RoomChange;
}

interface Working extends Profile {
  readonly algorithm: ScheduleAlgorithm;
  /** What the batch policy remembers. */
  state: unknown;
}

/** Chooses nodes for a batch of pods, one decision after the other, each on what the ones before have left. No I/O. */
export class Placer {
  readonly #profiles: ReadonlyMap<string, Working>;
  /** Why pods of a shape fit nowhere, as long as nothing changes: equal pods are many. */
  readonly #diagnoses = new Map<string, Diagnosis>();
  /** The same of pods that do not fit either once others have gone, by shape and `preemptionPolicy`. */
  readonly #hopeless = new Map<string, string>();
  #diagnosedAt = -1;
  readonly #evaluator: Evaluator;

  constructor(
    private readonly options: PlacerOptions,
    private readonly cache: SchedulerCache,
  ) {
    this.#evaluator = new Evaluator(cache);
    this.#profiles = new Map(
      options.profiles.map((profile) => [
        profile.schedulerName,
        {
          ...profile,
          algorithm: new ScheduleAlgorithm(profile.policy),
          state: profile.batchPolicy?.start(),
        },
      ]),
    );
  }

  profileOf(pod: Pod): Profile | undefined {
    return this.#profiles.get(pod.spec?.schedulerName ?? 'default-scheduler');
  }

  /**
   * @param batch in the order in which they are due
   * @param takeGang gives the other pods of a gang that wait
   * @param takeJobs gives the other jobs that wait: a batch policy weighs all of one importance at once
   */
  place(
    batch: readonly QueuedPod[],
    takeGang: (gang: string) => readonly QueuedPod[],
    takeJobs: (is: (pod: QueuedPod) => boolean) => readonly QueuedPod[] = () => [],
  ): readonly Placing[] {
    const placings: Placing[] = [];
    const placed = new Set<string>();
    let jobs: QueuedPod[] = [];
    const placeJobs = () => {
      const [first] = jobs;
      if (!first) return;
      const others = takeJobs((pod) => pod.shape.priority === first.shape.priority && this.#isJob(pod));
      placings.push(...this.#placeJobs([...jobs, ...others]));
      for (const { key } of others) placed.add(key);
      jobs = [];
    };
    for (const pod of batch) {
      if (placed.has(pod.key)) continue;
      // who is less important waits until those before it have been placed
      if (jobs[0] && jobs[0].shape.priority > pod.shape.priority) placeJobs();
      const gang = this.#gangOf(pod);
      const barred = this.#barred(pod);
      if (barred) placings.push(barred);
      else if (gang) {
        const members = [...batch.filter((one) => groupKeyOf(one.shape) === gang.key), ...takeGang(gang.key)];
        for (const { key } of members) placed.add(key);
        placings.push(...this.#placeGang(gang, members));
      } else if (this.#isJob(pod)) jobs.push(pod);
      else placings.push(this.#preempt(this.#placeOne(pod)));
    }
    placeJobs();
    return placings;
  }

  #gangOf({ shape }: QueuedPod): Gang | undefined {
    return gangOf(shape, this.cache.podGroups);
  }

  /** What is not placed whatever nodes there are: what this scheduler cannot do, and what names a group that is not there. */
  #barred(pod: QueuedPod): Placing | undefined {
    const { snapshot, podGroups } = this.cache;
    const ofVolumes = unsupportedBy(pod.shape, snapshot.volumes);
    if (ofVolumes !== undefined)
      return { pod, message: `${ofVolumes} ${leftToOthers}`, refusedBy: new Set(['VolumeBinding']) };
    const ofGroup = unsupportedByGroup(pod.shape, podGroups);
    const message = ofGroup === undefined ? missingGroupOf(pod.shape, podGroups) : `${ofGroup} ${leftToOthers}`;
    return message === undefined ? undefined : { pod, message, refusedBy: byGang };
  }

  /** Whether the batch policy of its profile places it. */
  #isJob(pod: QueuedPod): boolean {
    const { batchPolicy } = this.#workingOf(pod);
    return (
      batchPolicy !== undefined &&
      runsToCompletion(pod.pod) &&
      !dependsOnPods(pod.shape) &&
      !this.#gangOf(pod) &&
      this.#nominatedRow(pod) === undefined
    );
  }

  #placeOne(pod: QueuedPod): Placing {
    const { metrics } = this.options;
    const { algorithm, schedulerName } = this.#workingOf(pod);
    const start = metrics?.now() ?? 0;
    const row = this.#nominatedRow(pod) ?? algorithm.select(pod.shape, this.cache.snapshot, pod.key);
    const placing = row < 0 ? this.#refused(pod) : this.#assume(pod, row);
    metrics?.attempted(row < 0 ? 'unschedulable' : 'scheduled', schedulerName, metrics.now() - start);
    return placing;
  }

  /** The node that it is nominated for, where it can take it: it goes there whatever others score (`evaluateNominatedNode`). */
  #nominatedRow(pod: QueuedPod): number | undefined {
    const name = this.cache.nominatedNode(pod.key);
    const row = name ? this.cache.snapshot.rowOf(name) : undefined;
    return row !== undefined && this.#fits(pod, row) ? row : undefined;
  }

  /** All members that there must be, or none: what was counted for some is taken back. */
  #placeGang({ key, name, minMember, takesAll }: Gang, members: readonly QueuedPod[]): readonly Placing[] {
    const there = members.length + this.cache.membersOf(key);
    if (there < minMember) {
      const message = `pod group ${name} has ${there} of the ${minMember} pods that it needs`;
      return members.map((pod) => ({ pod, message, refusedBy: byGang }));
    }
    const placings = members.map((pod) => this.#placeOne(pod));
    const failed = placings.find(({ node }) => node === undefined);
    const enough = placings.filter(({ node }) => node !== undefined).length + there - members.length >= minMember;
    if (!failed || failed.node !== undefined || (enough && !takesAll)) return placings;
    for (const { pod } of placings) this.cache.forget(pod.key, pod.pod.metadata.uid);
    const message = `pod group ${name} does not fit as a whole: ${failed.message}`;
    return placings.map(({ pod }) => ({ pod, message, refusedBy: failed.refusedBy }));
  }

  /** What runs to completion goes by the batch policy, all that wait at once. */
  #placeJobs(pods: readonly QueuedPod[]): readonly Placing[] {
    const byProfile = groupBy(pods, (pod) => this.#workingOf(pod));
    return [...byProfile].flatMap(([working, own]) => this.#placeBatch(working, own));
  }

  #placeBatch(working: Working, pods: readonly QueuedPod[]): readonly Placing[] {
    const { snapshot } = this.cache;
    const classes = [...groupBy(pods, ({ shape }) => shape.key).values()];
    const queues = classes.map((own): Queue => {
      const [{ shape }] = own;
      const feasible = new Uint8Array(snapshot.present.length);
      filterNodes(shape, snapshot, { into: feasible, without: 'NodeResourcesFit' });
      return { shape, length: own.length, arrivals: own.filter(({ attempts }) => attempts === 0).length, feasible };
    });
    const { batchPolicy, schedulerName } = working;
    if (!batchPolicy) return [];
    const start = this.options.metrics?.now() ?? 0;
    const { assignments, state, notes = [] } = batchPolicy.place(queues, snapshot, working.state, this.options.random);
    for (const note of notes) this.options.noted?.(`${batchPolicy.name}: ${note}`);
    working.state = state;
    const seconds = ((this.options.metrics?.now() ?? 0) - start) / Math.max(1, pods.length);
    const placings = this.#apply(assignments, classes);
    for (const { node } of placings)
      this.options.metrics?.attempted(node === undefined ? 'unschedulable' : 'scheduled', schedulerName, seconds);
    return placings;
  }

  #apply(assignments: readonly Assignment[], classes: readonly (readonly QueuedPod[])[]): readonly Placing[] {
    const placings: Placing[] = [];
    const left = classes.map((pods) => [...pods]);
    for (const { queue, row, count } of assignments)
      for (let i = 0; i < count; i++) {
        const pod = left[queue]?.shift();
        if (pod && this.#fits(pod, row)) placings.push(this.#assume(pod, row));
        else if (pod) left[queue]?.push(pod);
      }
    return [...placings, ...left.flatMap((pods) => this.#held(pods))];
  }

  /** Pods of one class that a batch policy leaves for later: they fit nowhere, or the class has to wait. */
  #held(pods: readonly QueuedPod[]): readonly Placing[] {
    const [first] = pods;
    const fits = first && [...this.cache.snapshot.infos()].some(({ row }) => this.#fits(first, row));
    if (!fits) return pods.map((pod) => this.#preempt(this.#refused(pod)));
    const message = 'the batch policy has other pods run first';
    return pods.map((pod) => ({ pod, message, refusedBy: new Set(['NodeResourcesFit']), held: true }));
  }

  #fits({ shape, key }: QueuedPod, row: number): boolean {
    return explainNode(shape, this.cache.snapshot, row, key) === undefined;
  }

  #assume(pod: QueuedPod, row: number): Placing {
    const node = this.cache.snapshot.info(row)?.name ?? '';
    this.cache.assume(podInfo(pod.pod, Infinity, pod.shape), node);
    return { pod, node };
  }

  #refused(pod: QueuedPod): Refused {
    return { pod, ...this.#diagnose(pod) };
  }

  #diagnose({ shape, key }: QueuedPod): Diagnosis {
    const { snapshot } = this.cache;
    const isLasting = this.#keepsDiagnoses();
    const known = isLasting ? this.#diagnoses.get(shape.key) : undefined;
    const diagnosis = known ?? diagnose(shape, snapshot, key);
    if (isLasting) this.#diagnoses.set(shape.key, diagnosis);
    return diagnosis;
  }

  /** Whether what is said of a pod now holds for equal ones until a node changes. */
  #keepsDiagnoses(): boolean {
    const { snapshot } = this.cache;
    // room that is promised comes and goes without a change of the nodes
    if (snapshot.nominated.size > 0) return false;
    if (this.#diagnosedAt !== snapshot.changes.position) {
      this.#diagnoses.clear();
      this.#hopeless.clear();
      this.#diagnosedAt = snapshot.changes.position;
    }
    return true;
  }

  /** Has less important pods make room for one that fits nowhere, where that helps: it is nominated for their node then. */
  #preempt(placing: Placing): Placing {
    if (placing.node !== undefined || this.cache.snapshot.size === 0) return placing;
    const { pod } = placing;
    const { preemption: settings } = this.#workingOf(pod);
    if (!settings || this.options.isPreempting?.(pod.pod.metadata.uid)) return placing;
    const kind = `${pod.pod.spec?.preemptionPolicy}/${pod.shape.key}`;
    const isLasting = this.#keepsDiagnoses();
    const known = isLasting ? this.#hopeless.get(kind) : undefined;
    const preemption = known === undefined ? this.#evaluator.evaluate(pod, settings) : undefined;
    if (preemption) {
      const change = this.cache.assumeNominated(podInfo(pod.pod, Infinity, pod.shape), preemption.node);
      return { ...placing, preemption, change };
    }
    // while others go for it there is nothing new to say
    if (this.cache.nominatedNode(pod.key) !== undefined) return placing;
    const why = known ?? this.#evaluator.explain(pod);
    if (isLasting) this.#hopeless.set(kind, why);
    return { ...placing, message: `${placing.message} ${why}` };
  }

  #workingOf({ pod }: QueuedPod): Working {
    const working = this.#profiles.get(pod.spec?.schedulerName ?? 'default-scheduler');
    if (!working)
      throw new Error(`pod ${pod.metadata.name} names no scheduler of this process: ${pod.spec?.schedulerName}`);
    return working;
  }
}
