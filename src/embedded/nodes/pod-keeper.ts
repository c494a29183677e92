import { Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, type Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
import {
  again,
  type Cache,
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  For,
  type Reconciler,
  type Result,
} from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { type Instant, second } from '../../support/time.js';
import { isTerminal } from '../../scheduling/pod-phase.js';
import { Nudge } from '../nudge.js';
import { admit, advance, hasStopped, nextInstant, terminate } from './advance.js';
import type { Profile } from './profile.js';
import { report } from './report.js';
import { reportPatch } from './report-patch.js';
import type { PodRun } from './run.js';
import type { SimulatedNode } from './simulated-node.js';

const concurrency = 256;

export interface PodKeeperOptions {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly profile: Profile;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
}

/** The kubelets' part in the life of pods: lets those that are bound to simulated nodes run, and says how they stand. */
export class PodKeeper implements Reconciler {
  readonly #nudge = new Nudge(Pod);
  /** On which node each pod was seen last. */
  readonly #nodeOf = new Map<Key, SimulatedNode>();

  constructor(private readonly options: PodKeeperOptions) {}

  definition(name: string): ControllerDefinition {
    const isOurs = (pod: Pod | undefined) => this.#nodeFor(pod) !== undefined;
    const watches = [For(Pod, { when: (old, pod) => isOurs(old) || isOurs(pod) }), this.#nudge];
    return defineController({ name, reconciler: this, watches, concurrency });
  }

  /** Looks after these pods again. */
  wake(keys: Iterable<Key>): void {
    this.#nudge.wake([...keys]);
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const key = keyOf(ref);
    const pod = this.options.cache.get(Pod, key);
    const node = this.#nodeFor(pod);
    const before = this.#nodeOf.get(key);
    if (before && before !== node) this.#forget(key, before);
    if (!pod || !node || node.state === 'lost') return done;
    this.#nodeOf.set(key, node);

    const now = this.options.clock.now();
    const run = this.#advance(key, pod, node, now);
    if (run?.goneAt !== undefined && run.goneAt <= now) return this.#end(ref, pod, run, node, context);
    if (!run) return done;
    const reportedAt = await this.#report(ref, pod, run, node, context);
    const next = Math.min(
      reportedAt,
      run.goneAt ?? Number.POSITIVE_INFINITY,
      nextInstant(run, pod, now) ?? Number.POSITIVE_INFINITY,
    );
    return Number.isFinite(next) ? again(next - now) : done;
  }

  #nodeFor(pod: Pod | undefined): SimulatedNode | undefined {
    const name = pod?.spec?.nodeName;
    return name === undefined ? undefined : this.options.nodes.get(name);
  }

  #forget(key: Key, node: SimulatedNode): void {
    this.#nodeOf.delete(key);
    this.wake(node.forget(key));
  }

  /** Nothing for a pod that had ended before it came here. */
  #advance(key: Key, pod: Pod, node: SimulatedNode, now: Instant): PodRun | undefined {
    const known = node.run(key);
    const same = known?.uid === pod.metadata.uid ? known : undefined;
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    if (!same && isTerminal(pod) && !terminating) return undefined;
    const machine = node.machine(key, pod, now);
    let run = same ?? node.admit(key, pod, now);
    if (!same && pod.status?.startTime === undefined) run = admit(run, pod, machine);
    if (terminating) run = this.#stopping(run, pod, now, machine.draw('stop', 'pod'));
    else run = advance(run, pod, machine);
    this.wake(node.set(key, run, pod));
    return run;
  }

  /** A pod that is asked to stop is gone after a while of its own, at most its grace; at once when nothing of it runs. */
  #stopping(run: PodRun, pod: Pod, now: Instant, takes: number): PodRun {
    const idle = hasStopped(run, pod) || [...run.inits, ...run.mains].every(({ id }) => id === '');
    const grace = (pod.metadata.deletionGracePeriodSeconds ?? 30) * second;
    const goneAt = Math.min(run.goneAt ?? now + (idle ? 0 : takes), now + grace);
    return goneAt === run.goneAt ? run : { ...run, goneAt };
  }

  /** Returns when it wants to report, if it has put that off. */
  async #report(ref: Ref, pod: Pod, run: PodRun, node: SimulatedNode, { signal }: Context): Promise<Instant> {
    const { clock, cluster, profile } = this.options;
    const now = clock.now();
    if (pod.metadata.deletionTimestamp !== undefined && !hasStopped(run, pod)) return Number.POSITIVE_INFINITY;
    const said = report(run, pod, node.address, now);
    const patch = reportPatch(pod, said);
    if (!patch) return Number.POSITIVE_INFINITY;
    const quiet =
      said.phase === 'Pending' && said.containerStatuses?.every(({ state }) => state?.waiting?.message === undefined);
    const dueAt = run.admittedAt + profile.reportAfter;
    if (quiet && now < dueAt) return dueAt;
    try {
      await cluster.patch(Pod, ref, patch, { subresource: 'status', signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
    return Number.POSITIVE_INFINITY;
  }

  async #end(ref: Ref, pod: Pod, run: PodRun, node: SimulatedNode, context: Context): Promise<Result> {
    const { clock, cluster } = this.options;
    const key = keyOf(ref);
    // it gives up its room before it is gone for the others: who sees that it is gone may be bound here at once
    const stopped = terminate(run, pod, node.machine(key, pod, clock.now()));
    this.wake(node.set(key, stopped, pod));
    if ((pod.metadata.finalizers?.length ?? 0) > 0) {
      // it will be seen for a while yet: it should not look as if it ran
      await this.#report(ref, pod, stopped, node, context);
      if (pod.metadata.deletionGracePeriodSeconds === 0) return done;
    }
    try {
      const preconditions = { uid: pod.metadata.uid };
      await cluster.remove(Pod, ref, { gracePeriodSeconds: 0, preconditions, signal: context.signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
    return done;
  }
}
