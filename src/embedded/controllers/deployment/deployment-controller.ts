import { isDeepStrictEqual } from 'node:util';
import { Deployment, Pod, ReplicaSet } from '../../../api/kubernetes.js';
import { controllerOf, controllerReference } from '../../../api/meta/kind.js';
import { type Draft, type Key, keyOf, nameOf, type Ref } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { AlreadyExists, NotFound } from '../../../cluster/errors.js';
import { mergePatch } from '../../../cluster/patch.js';
import {
  again,
  type Cache,
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  For,
  type Manager,
  Maps,
  Owns,
  type Reconciler,
  type Result,
} from '../../../runtime/index.js';
import type { Clock } from '../../../support/clock.js';
import { isTerminal } from '../../../scheduling/pod-phase.js';
import { claim } from '../claim.js';
import { selects } from '../../../api/meta/label-selector.js';
import { byController, byNamespace, indexWorkloads } from '../workload-indexes.js';
import { type Limits, limitsOf } from './limits.js';
import {
  annotationsFor,
  desiredAnnotation,
  hashLabel,
  maxAnnotation,
  nextRevision,
  revisionAnnotation,
  type Revisions,
  revisionsOf,
  superfluous,
  templateHash,
} from './revisions.js';
import { isScaling, recreateStep, rollingStep, type Scaling, scaleStep, sizeOf, sizeOfCurrent } from './roll-out.js';
import { deadlineOf, isComplete, statusOf } from './status.js';

const concurrency = 8;

export interface DeploymentControllerOptions {
  readonly manager: Pick<Manager, 'cluster' | 'cache' | 'index'>;
  readonly clock: Clock;
}

/** Rolls each Deployment's template out through ReplicaSets. Does one step at a time: the pods' news bring the next. */
export class DeploymentController implements Reconciler {
  readonly #cluster: Cluster;
  readonly #cache: Cache;
  readonly #clock: Clock;

  constructor({ manager, clock }: DeploymentControllerOptions) {
    this.#cluster = manager.cluster;
    this.#cache = manager.cache;
    this.#clock = clock;
    indexWorkloads(manager);
  }

  definition(): ControllerDefinition {
    const watches = [
      For(Deployment),
      Owns(ReplicaSet),
      Maps(ReplicaSet, (set) => this.#adopters(set)),
      Maps(Pod, (pod) => this.#recreatedBy(pod), { when: (_old, pod) => pod === undefined || isTerminal(pod) }),
    ];
    return defineController({ name: 'deployment', reconciler: this, watches, concurrency });
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const deployment = this.#cache.get(Deployment, keyOf(ref));
    if (!deployment?.spec) return done;
    const { signal } = context;
    const candidates = this.#cache.byIndex(ReplicaSet, byNamespace, deployment.metadata.namespace ?? '').values();
    const sets = await claim(
      this.#cluster,
      [Deployment, deployment],
      deployment.spec.selector,
      [ReplicaSet, candidates],
      signal,
    );
    const limits = limitsOf(deployment);
    let revisions = revisionsOf(deployment, sets);
    if (deployment.metadata.deletionTimestamp === undefined)
      revisions = await this.#roll(deployment, revisions, limits, context);
    return this.#report(deployment, revisions, limits, context);
  }

  async #roll(deployment: Deployment, before: Revisions, limits: Limits, context: Context): Promise<Revisions> {
    const { paused, strategy } = deployment.spec ?? {};
    if (paused || isScaling(limits, before))
      return this.#resize(deployment, before, limits, scaleStep(limits, before), context);
    if (strategy?.type === 'Recreate') {
      const oldPods = before.old.reduce((sum, set) => sum + this.#podsLeft(set), 0);
      const cleared = before.old.every((set) => sizeOf(set) === 0) && oldPods === 0;
      const revisions = cleared ? await this.#withCurrent(deployment, before, limits, context) : before;
      return this.#resize(deployment, revisions, limits, recreateStep(limits, revisions, oldPods), context);
    }
    const revisions = await this.#withCurrent(deployment, before, limits, context);
    return this.#resize(deployment, revisions, limits, rollingStep(limits, revisions), context);
  }

  /** Makes the ReplicaSet of the template, or marks an old one of the same template as the current revision. */
  async #withCurrent(
    deployment: Deployment,
    revisions: Revisions,
    limits: Limits,
    context: Context,
  ): Promise<Revisions> {
    const { current, old } = revisions;
    const revision = String(nextRevision(revisions));
    await this.#annotate(deployment, revision, context);
    if (!current) return { current: await this.#create(deployment, revisions, limits, revision, context), old };
    const annotations = annotationsFor(deployment, { [revisionAnnotation]: revision });
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    const known = current.metadata.annotations ?? {};
    const same = Object.entries(annotations).every(([name, value]) => known[name] === value);
    if (same && (current.spec?.minReadySeconds ?? 0) === minReadySeconds) return revisions;
    const patch = mergePatch({ metadata: { annotations }, spec: { minReadySeconds } });
    return { current: await this.#cluster.patch(ReplicaSet, nameOf(current), patch, { signal: context.signal }), old };
  }

  async #create(
    deployment: Deployment,
    { old }: Revisions,
    limits: Limits,
    revision: string,
    { signal, events }: Context,
  ): Promise<ReplicaSet | undefined> {
    const collisions = deployment.status?.collisionCount ?? 0;
    const size = sizeOfCurrent(
      limits,
      0,
      old.reduce((sum, set) => sum + sizeOf(set), 0),
    );
    const draft = draftOf(deployment, limits, {
      revision,
      collisions,
      size: deployment.spec?.strategy?.type === 'Recreate' ? limits.replicas : size,
    });
    try {
      const made = await this.#cluster.create(ReplicaSet, draft, { signal });
      events.record(
        deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled up replica set ${made.metadata.name} from 0 to ${size}`,
      );
      return made;
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      // the name is somebody else's: the next reconcile tries the next one
      const { resourceVersion } = deployment.metadata;
      const body = { metadata: { resourceVersion }, status: { collisionCount: collisions + 1 } };
      await this.#cluster.patch(Deployment, nameOf(deployment), mergePatch(body), { subresource: 'status', signal });
      throw error;
    }
  }

  async #annotate(deployment: Deployment, revision: string, { signal }: Context): Promise<void> {
    if (deployment.metadata.annotations?.[revisionAnnotation] === revision) return;
    const patch = mergePatch({ metadata: { annotations: { [revisionAnnotation]: revision } } });
    await this.#cluster.patch(Deployment, nameOf(deployment), patch, { signal });
  }

  /** Gives ReplicaSets their sizes. Every active one notes what it was sized for: see `isScaling` and `scaleStep`. */
  async #resize(
    deployment: Deployment,
    revisions: Revisions,
    limits: Limits,
    steps: readonly Scaling[],
    { signal, events }: Context,
  ): Promise<Revisions> {
    const annotations = sizedFor(limits);
    const update = async (set: ReplicaSet): Promise<ReplicaSet> => {
      const step = steps.find((scaling) => scaling.set === set);
      const stale =
        sizeOf(set) > 0 &&
        Object.entries(annotations).some(([name, value]) => set.metadata.annotations?.[name] !== value);
      if (!step && !stale) return set;
      const { resourceVersion } = set.metadata;
      const body = { metadata: { resourceVersion, annotations }, ...(step && { spec: { replicas: step.replicas } }) };
      const changed = await this.#cluster.patch(ReplicaSet, nameOf(set), mergePatch(body), { signal });
      const direction = step && step.replicas > sizeOf(set) ? 'up' : 'down';
      if (step)
        events.record(
          deployment,
          'Normal',
          'ScalingReplicaSet',
          `Scaled ${direction} replica set ${set.metadata.name} from ${sizeOf(set)} to ${step.replicas}`,
        );
      return changed;
    };
    const old: ReplicaSet[] = [];
    for (const set of revisions.old) old.push(await update(set));
    return { current: revisions.current && (await update(revisions.current)), old };
  }

  async #report(deployment: Deployment, revisions: Revisions, limits: Limits, { signal }: Context): Promise<Result> {
    const now = this.#clock.now();
    const status = statusOf(deployment, revisions, limits, now);
    if (isComplete(deployment, status) && deployment.metadata.deletionTimestamp === undefined)
      for (const set of superfluous(deployment, revisions.old)) await this.#discard(set, signal);
    const known = this.#cache.get(Deployment, keyOf(nameOf(deployment)));
    if (!known || isDeepStrictEqual({ ...known.status }, status)) return this.#next(deployment, now);
    const { resourceVersion } = known.metadata;
    const patch = mergePatch({ metadata: { resourceVersion }, status });
    const written = await this.#cluster.patch(Deployment, nameOf(deployment), patch, { subresource: 'status', signal });
    return this.#next(written, now);
  }

  #next(deployment: Deployment, now: number): Result {
    const dueAt = deadlineOf(deployment);
    return dueAt === undefined ? done : again(Math.max(0, dueAt - now));
  }

  async #discard(set: ReplicaSet, signal: AbortSignal): Promise<void> {
    const { uid, resourceVersion } = set.metadata;
    try {
      await this.#cluster.remove(ReplicaSet, nameOf(set), { preconditions: { uid, resourceVersion }, signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }

  #podsLeft(set: ReplicaSet): number {
    return [...this.#cache.byIndex(Pod, byController, set.metadata.uid).values()].filter((pod) => !isTerminal(pod))
      .length;
  }

  #adopters(set: ReplicaSet): readonly Key[] {
    if (controllerOf(set)) return [];
    const deployments = this.#cache.byIndex(Deployment, byNamespace, set.metadata.namespace ?? '').values();
    return [...deployments].flatMap((deployment) =>
      deployment.spec && selects(deployment.spec.selector, set.metadata.labels) ? [keyOf(nameOf(deployment))] : [],
    );
  }

  /** A pod of a Deployment that waits for its old pods to be gone. */
  #recreatedBy(pod: Pod): readonly Key[] {
    const { namespace } = pod.metadata;
    const owner = controllerOf(pod);
    const set =
      owner?.kind === 'ReplicaSet' && namespace !== undefined
        ? this.#cache.get(ReplicaSet, keyOf({ namespace, name: owner.name }))
        : undefined;
    const workload = set && controllerOf(set);
    if (!workload || namespace === undefined) return [];
    const key = keyOf({ namespace, name: workload.name });
    return this.#cache.get(Deployment, key)?.spec?.strategy?.type === 'Recreate' ? [key] : [];
  }
}

const sizedFor = ({ replicas, surge }: Limits) => ({
  [desiredAnnotation]: String(replicas),
  [maxAnnotation]: String(replicas + surge),
});

function draftOf(
  deployment: Deployment,
  limits: Limits,
  { revision, collisions, size }: { readonly revision: string; readonly collisions: number; readonly size: number },
): Draft<ReplicaSet> {
  const { name, namespace } = deployment.metadata;
  const template = deployment.spec?.template ?? {};
  const hash = templateHash(template, collisions);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const selector = deployment.spec?.selector ?? {};
  return {
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: annotationsFor(deployment, { [revisionAnnotation]: revision, ...sizedFor(limits) }),
      ownerReferences: [controllerReference(Deployment, deployment)],
    },
    spec: {
      replicas: size,
      minReadySeconds: deployment.spec?.minReadySeconds ?? 0,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
