import { Binding, type Container, Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { ApiError } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { simulation } from '../../src/embedded/nodes/index.js';
import type { Clock } from '../../src/support/clock.js';
import { canonicalJson } from '../../src/support/digest.js';
import type { Random } from '../../src/support/random.js';
import { type Duration, instantOf, parseDuration, second, timestamp } from '../../src/support/time.js';
import { mainOf, statusOf } from './foreign.js';
import { Latches } from './latches.js';

/** Pods of this image never start. */
export const brokenImage = 'registry.test/broken:1';
export const nodes = ['node-1', 'node-2', 'node-3'] as const;

/** The barest of nodes: pods start after a while, take new sizes, end when they are told to or their time is over. */
export class Kubelet {
  /** By uid: what was last seen, so that a timer finds out that its pod has moved on. */
  readonly #pods = new Map<string, Pod>();
  readonly latches: Latches;
  /** Deliveries whose programs have begun, and will end: by the pod's uid and the claim's. */
  readonly #working = new Set<string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.latches = new Latches(clock, random.split('latches'));
  }

  async run(signal: AbortSignal): Promise<void> {
    for await (const event of this.cluster.watch(Pod, { since: '1' }, { signal })) {
      if (event.type === 'BOOKMARK') continue;
      const { uid } = event.object.metadata;
      if (event.type === 'DELETED') this.#pods.delete(uid);
      else this.#see(event.object);
    }
  }

  #see(pod: Pod): void {
    const { metadata, spec, status } = pod;
    const before = this.#pods.get(metadata.uid);
    this.#pods.set(metadata.uid, pod);
    const ending = metadata.deletionTimestamp !== undefined;
    if (ending && before?.metadata.deletionTimestamp === undefined) return this.#after(pod, 300, () => this.#end(pod));
    if (ending || status?.phase === 'Failed' || status?.phase === 'Succeeded') return;
    this.latches.see(pod, before);
    if (!before) return this.#after(pod, 800, () => this.#start(pod));
    if (status?.phase !== 'Running') return;
    this.#work(pod);
    if (sizesOf(pod) !== sizesOf(before)) this.#after(pod, 100, () => this.#resize(pod));
    if (mainOf(pod)?.image !== mainOf(before)?.image) this.#after(pod, 400, () => this.#restart(pod));
    const limit = spec?.activeDeadlineSeconds;
    if (limit !== undefined && limit !== before.spec?.activeDeadlineSeconds) {
      const start = instantOf(status.startTime) ?? this.clock.now();
      this.clock.at(start + limit * second, () => void this.#fail(pod, limit));
    }
  }

  #after(pod: Pod, mean: Duration, act: () => Promise<unknown>): void {
    const delay = mean * (0.2 + this.random.exponential(0.8));
    this.clock.at(this.clock.now() + delay, () => {
      if (this.#pods.has(pod.metadata.uid)) void act().catch(ignoreAnswers);
    });
  }

  async #end({ metadata }: Pod): Promise<void> {
    await this.cluster.remove(Pod, nameOf({ metadata }), {
      gracePeriodSeconds: 0,
      preconditions: { uid: metadata.uid },
    });
  }

  async #start(pod: Pod): Promise<void> {
    const present = this.#pods.get(pod.metadata.uid) ?? pod;
    const target = { kind: 'Node', name: this.random.pick(nodes) };
    await this.cluster.create(Binding, { metadata: nameOf(pod), target });
    const now = timestamp(this.clock.now());
    const broken = mainOf(present)?.image === brokenImage;
    await this.#report(pod, {
      phase: broken ? 'Pending' : 'Running',
      startTime: now,
      conditions: [{ type: 'Ready', status: broken ? 'False' : 'True', lastTransitionTime: now }],
      containerStatuses: (present.spec?.containers ?? []).map((container) =>
        container.image === brokenImage
          ? { name: container.name, state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }
          : running(pod, container, now, 0),
      ),
    });
    const limit = this.#pods.get(pod.metadata.uid)?.spec?.activeDeadlineSeconds;
    if (limit !== undefined) this.clock.at(this.clock.now() + limit * second, () => void this.#fail(pod, limit));
  }

  /** For another image the container starts anew, in the same pod. */
  async #restart(pod: Pod): Promise<void> {
    const present = this.#pods.get(pod.metadata.uid);
    if (present?.status?.phase !== 'Running') return;
    await this.#report(pod, { containerStatuses: restarted(present, timestamp(this.clock.now())) });
  }

  async #resize(pod: Pod): Promise<void> {
    const present = this.#pods.get(pod.metadata.uid);
    if (!present) return;
    const conditions = (present.status?.conditions ?? []).filter(({ type }) => type !== 'PodResizePending');
    if (this.random.uniform() < 0.15) {
      const reason = this.random.pick(['Infeasible', 'Deferred']);
      const pending = { type: 'PodResizePending', status: 'True', reason, message: 'Node did not have enough memory' };
      const lastTransitionTime = timestamp(this.clock.now());
      return this.#report(pod, { conditions: [...conditions, { ...pending, lastTransitionTime }] });
    }
    await this.#report(pod, {
      conditions,
      containerStatuses: present.status?.containerStatuses?.map((status) => ({
        ...status,
        resources: present.spec?.containers.find(({ name }) => name === status.name)?.resources,
      })),
    });
  }

  /** A delivered program that ends does so a while after its delivery, once: what fails may also succeed now and then. */
  #work(pod: Pod): void {
    const { uid, annotations: notes = {} } = pod.metadata;
    const runFor = parseDuration(notes[simulation.runFor] ?? '');
    const delivery = `${uid}/${notes[annotations.claimUid]}`;
    if (runFor === undefined || pod.spec?.restartPolicy !== 'Never' || this.#working.has(delivery)) return;
    this.#working.add(delivery);
    const fails = notes[simulation.exitCode] === '1' && this.random.uniform() < 0.7;
    this.#after(pod, runFor, () => this.#finish(pod, fails ? 1 : 0));
  }

  async #finish(pod: Pod, exitCode: number): Promise<void> {
    const present = this.#pods.get(pod.metadata.uid);
    const { claimUid } = annotations;
    if (present?.metadata.annotations?.[claimUid] !== pod.metadata.annotations?.[claimUid]) return;
    if (present?.status?.phase !== 'Running' || present.metadata.deletionTimestamp !== undefined) return;
    // with another image the work is that of the container that comes with it
    const { replacedContainer } = annotations;
    if (statusOf(present)?.containerID === present.metadata.annotations?.[replacedContainer])
      return this.#after(pod, second, () => this.#finish(pod, exitCode));
    const at = timestamp(this.clock.now());
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: at };
    await this.#report(pod, {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted', lastTransitionTime: at }],
      containerStatuses: present.status.containerStatuses?.map((status) => ({
        ...status,
        ready: false,
        started: false,
        state: { terminated },
      })),
    });
  }

  /** The deadline that the pod has now may be an earlier one than that of this timer; then it has failed already. */
  async #fail(pod: Pod, limit: number): Promise<void> {
    const present = this.#pods.get(pod.metadata.uid);
    if (present?.spec?.activeDeadlineSeconds !== limit || present.status?.phase !== 'Running') return;
    await this.#report(pod, failed('DeadlineExceeded', this.clock.now())).catch(ignoreAnswers);
  }

  async #report(pod: Pod, status: object): Promise<void> {
    await this.cluster.patch(Pod, nameOf(pod), mergePatch({ metadata: { uid: pod.metadata.uid }, status }), {
      subresource: 'status',
    });
  }
}

const sizesOf = ({ spec }: Pod): string => canonicalJson(spec?.containers.map(({ resources }) => resources));

/** What a kubelet says of the containers when the main one has restarted. */
export function restarted(pod: Pod, startedAt: string): readonly object[] {
  const restarts = (statusOf(pod)?.restartCount ?? 0) + 1;
  return (pod.status?.containerStatuses ?? []).map((status) =>
    status.name === statusOf(pod)?.name ? running(pod, mainOf(pod), startedAt, restarts) : status,
  );
}

/** What a kubelet says of a container that runs, after so many restarts. */
function running(pod: Pod, container: Container | undefined, startedAt: string, restartCount: number): object {
  return {
    name: container?.name,
    resources: container?.resources ?? {},
    containerID: `${pod.metadata.uid}/${container?.name}/${restartCount}`,
    ready: true,
    started: true,
    restartCount,
    state: { running: { startedAt } },
  };
}

/** What a kubelet says of a pod that has ended badly. */
export function failed(reason: string, now: number): object {
  const lastTransitionTime = timestamp(now);
  return { phase: 'Failed', reason, conditions: [{ type: 'Ready', status: 'False', lastTransitionTime }] };
}

/** The pod was changed or deleted while the kubelet was about to write: it will hear of that. */
function ignoreAnswers(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
