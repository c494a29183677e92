import { ContainerPool, type TemplatedPool } from '../api/container-pool.js';
import { evictionRequestOf } from '../api/eviction-request.js';
import { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import { keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import { deletionCost, labels, optIn, scaledPrefix } from '../api/names.js';
import type { Cluster } from '../cluster/cluster.js';
import { Forbidden, isObjectFailure } from '../cluster/errors.js';
import {
  deploymentKeyOf,
  disagreement,
  isTerminating,
  type GatedWork,
  type LeavingNodes,
  type Line,
  type ReclaimWork,
  refusalsIn,
  revisionOf,
  type StageContext,
  type SwapWork,
  soonestRetry,
  templateFingerprint,
  type Verdict,
  warnOfRefusals,
  withTemplateOf,
  workloadIndexes,
} from '../line/index.js';
import { again, type Cache, type Context, done, type Reconciler, type Result } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import { type Duration, second } from '../support/time.js';
import { Constraints, isConstrained, repelledBy } from './constraints.js';
import { indexes } from './indexes.js';
import { NodeReader } from './nodes.js';
import { deleteAsOthers, deleteFirst } from './deletion-cost.js';
import { leastCost, planReplacement } from './plan-replacement.js';
import { planReplicaSet, type ReplicaSetPlan, type ReplicaSetView } from './plan.js';
import { Turns } from './turns.js';

/** Looks at one ReplicaSet within a reconcile: containers that others took are replaced in the next. */
const passes = 20;
/** After the server has refused a hand-over as such, the next try comes after so long. */
const refusalPause: Duration = 30 * second;
/** Where one that is asked to go cannot be replaced now, the next look comes after so long. */
const replacementPause: Duration = 10 * second;

export interface DeploymentLines {
  readonly swap: Line<SwapWork>;
  readonly open: Line<GatedWork>;
  /** Knows the containers that are to go and could not be deleted: no ReplicaSet is given those. */
  readonly reclaim: Pick<Line<ReclaimWork>, 'isRefused'>;
  /** No ReplicaSet is given what stands on these. */
  readonly leaving: Pick<LeavingNodes, 'has'>;
  /** The pods of others: nothing is handed over before they are known. */
  readonly others: { readonly hasSynced: boolean };
}

/** From where a ReplicaSet gets its replicas. */
interface Supply {
  readonly deployment: Deployment;
  readonly pool: TemplatedPool;
}

/** What may be taken from: the stock of a pool, but for what has been turned down since this reconcile began. */
interface Stock {
  readonly pool: TemplatedPool;
  readonly turnedDown: ReadonlyMap<string, string>;
}

/** Gives new replicas of Deployments warm containers, one ReplicaSet at a time. */
export class DeploymentController implements Reconciler {
  readonly #nodes: NodeReader;
  readonly #turns = new Turns();

  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly lines: DeploymentLines,
  ) {
    this.#nodes = new NodeReader(cluster, clock);
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const set = this.#replicaSet(ref);
    if (!set) return done;
    const stage: StageContext = { ...context, cluster: this.cluster, clock: this.clock };
    const supply = this.#supplyOf(set, context);
    if (!supply) return this.#openAll(set, stage);
    // seen half, it would lack replicas that it has, and be in nobody's way where it is
    if (!this.lines.others.hasSynced) return again(second);
    if (!isConstrained(set.spec?.template?.spec)) return this.#serve(set, supply, stage);
    // two that are constrained by each other's pods must not be served on what was before either
    return this.#turns.take(set.metadata.namespace ?? '', () => this.#serve(set, supply, stage));
  }

  #replicaSet(ref: Ref): ReplicaSet | undefined {
    const set = this.cache.get(ReplicaSet, keyOf(ref));
    return set?.metadata.deletionTimestamp === undefined ? set : undefined;
  }

  /** The pool of the set's Deployment, if both name each other. Says so on the Deployment if only one does. */
  #supplyOf(set: ReplicaSet, { events }: Context): Supply | undefined {
    const key = deploymentKeyOf(set);
    const deployment = key === undefined ? undefined : this.cache.get(Deployment, key);
    // what leaves it, or comes, is a migration's affair: stock would take the place that is to be given up, or filled
    if (!deployment || key === undefined || isMigrating(deployment)) return undefined;
    const named = deployment.metadata.annotations?.[optIn.pool];
    const pool = named === undefined ? undefined : this.cache.get(ContainerPool, `${set.metadata.namespace}/${named}`);
    const objection = pool
      ? disagreement(pool, deployment)
      : named === undefined
        ? undefined
        : `the annotation ${optIn.pool} names pool ${named}, which is not in this namespace: penstock pool create ${named} --from-deployment ${deployment.metadata.name}`;
    if (objection !== undefined && revisionOf(set) === revisionOf(deployment))
      events.record(deployment, 'Warning', 'NotFromStock', objection);
    if (!pool || objection !== undefined || !set.spec?.template) return undefined;
    return { deployment, pool: withTemplateOf(pool, set) };
  }

  /** There is no stock for this ReplicaSet: what waits for it starts cold. */
  async #openAll(set: ReplicaSet, context: StageContext): Promise<Result> {
    const { open } = planReplicaSet({
      // what the cache keeps of it may have no size: then all of its pods are wanted
      replicaSet: set.spec ? set : { ...set, spec: { replicas: Infinity, selector: {} } },
      pods: this.#podsOf(set),
      stock: [],
      constraints: undefined,
    });
    return this.#open(set, open, context);
  }

  async #serve(known: ReplicaSet, { deployment, pool }: Supply, context: StageContext): Promise<Result> {
    const turnedDown = new Map<string, string>();
    for (let pass = 1; ; pass++) {
      const replicaSet = this.#replicaSet(nameOf(known));
      if (!replicaSet) return done;
      const plan = await this.#plan(replicaSet, { pool, turnedDown }, context);
      const swapped = this.lines.swap.runAll(
        plan.swap.map((pod) => ({ pod, replicaSet })),
        context,
        { owner: replicaSet.metadata.uid },
      );
      const [verdicts, opened] = await Promise.all([swapped, this.#open(replicaSet, plan.open, context)]);
      const given = verdicts.some(({ verdict }) => verdict === 'pass');
      for (const { uid, why } of turnedDownIn(verdicts)) turnedDown.set(uid, why);
      const [refusal] = turnedDown.values();
      // what is refused to one container may be for its own sake; to a second, it is refused to the Deployment
      if (refusal !== undefined && !given && (turnedDown.size > 1 || plan.swap.length === 0)) {
        context.events.record(deployment, 'Warning', 'HandOverRefused', refusal);
        await this.#openAll(replicaSet, context);
        return again(refusalPause);
      }
      const lost = verdicts.some((one) => one.verdict === 'fail' || (one.verdict === 'retry' && one.refusal));
      if (lost && pass < passes) continue;
      if (plan.cold !== undefined)
        context.events.record(deployment, 'Normal', 'ColdStart', `replicas start cold: ${plan.cold}`);
      if (lost) return again(second);
      const isCalm = plan.swap.length + plan.open.length === 0 && !this.#isRollingOut(replicaSet, deployment);
      const replaced = isCalm ? await this.#replaceOne(replicaSet, { pool, turnedDown }, context) : done;
      return sooner(opened, replaced);
    }
  }

  async #replaceOne(replicaSet: ReplicaSet, from: Stock, context: StageContext): Promise<Result> {
    try {
      return await this.#replace(replicaSet, from, context);
    } catch (error) {
      if (context.signal.aborted || !isObjectFailure(error)) throw error;
      context.events.record(replicaSet, 'Warning', 'ReplacementRefused', messageOf(error));
      return again(refusalPause);
    }
  }

  /** Has a container from stock take the place of a replica that is asked to go: the ReplicaSet, one over, deletes that one. */
  async #replace(replicaSet: ReplicaSet, from: Stock, context: StageContext): Promise<Result> {
    if (![...this.#podsOf(replicaSet)].some(isMarked)) return done;
    const { replace, unmark, isLeft } = await this.#within(
      replicaSet,
      from,
      context.signal,
      planReplacement,
      (plan) => plan.replace !== undefined,
    );
    for (const pod of unmark) await deleteAsOthers(pod, context);
    if (replace && (await deleteFirst(replace.asked, context))) {
      const work = { pod: replace.replacement, replicaSet };
      const verdicts = await this.lines.swap.runAll([work], context, { owner: replicaSet.metadata.uid });
      warnOfRefusals(replicaSet, refusalsIn(verdicts), context);
      if (verdicts.every(({ verdict }) => verdict === 'pass') && !isLeft) return done;
    }
    return replace || isLeft ? again(replacementPause) : done;
  }

  /** Whether the Deployment has replicas of another template, or of this one only for now. */
  #isRollingOut(set: ReplicaSet, deployment: Deployment): boolean {
    if (revisionOf(set) !== revisionOf(deployment)) return true;
    const sets = this.cache.byIndex(ReplicaSet, workloadIndexes.replicaSets, deployment.metadata.uid).values();
    return [...sets].some(
      (other) => other.metadata.uid !== set.metadata.uid && [...this.#podsOf(other)].some((pod) => !isTerminating(pod)),
    );
  }

  async #plan(replicaSet: ReplicaSet, from: Stock, { signal }: StageContext): Promise<ReplicaSetPlan> {
    try {
      return await this.#within(replicaSet, from, signal, planReplicaSet, ({ swap }) => swap.length > 0);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      const plan = planReplicaSet(this.#view(replicaSet, []));
      return { ...plan, cold: `the constraints on their nodes cannot be looked into: ${error.message}` };
    }
  }

  #view(replicaSet: ReplicaSet, stock: readonly Pod[], constraints?: Constraints): ReplicaSetView {
    return { replicaSet, pods: this.#podsOf(replicaSet), stock, constraints };
  }

  /**
   * What is to be done with regard to what may stand beside what: nodes are read only where that matters, and something is to be done.
   * @throws Forbidden where the operator may not see nodes
   */
  async #within<Plan>(
    replicaSet: ReplicaSet,
    from: Stock,
    signal: AbortSignal,
    plan: (view: ReplicaSetView) => Plan,
    takes: (plan: Plan) => boolean,
  ): Promise<Plan> {
    const stock = this.#stockOf(from);
    const unconstrained = plan(this.#view(replicaSet, stock));
    if (!takes(unconstrained) || !this.#matters(replicaSet)) return unconstrained;
    const needed = stock.flatMap(({ spec }) => spec?.nodeName ?? []);
    const nodes = await this.#nodes.read(needed, signal);
    const constraints = new Constraints(replicaSet, { nodes, pods: this.cache.list(Pod) });
    return plan(this.#view(replicaSet, this.#stockOf(from), constraints));
  }

  #stockOf({ pool, turnedDown }: Stock): readonly Pod[] {
    const made = templateFingerprint(pool);
    return [...this.cache.byIndex(Pod, indexes.warm, keyOf(nameOf(pool))).values()].filter(
      (pod) =>
        pod.metadata.labels?.[labels.template] === made &&
        !turnedDown.has(pod.metadata.uid) &&
        !this.lines.reclaim.isRefused(pod) &&
        !this.lines.leaving.has(pod),
    );
  }

  #matters(replicaSet: ReplicaSet): boolean {
    const template = replicaSet.spec?.template;
    if (isConstrained(template?.spec)) return true;
    const repelling = this.cache.byIndex(Pod, indexes.repelling, 'true').values();
    return repelledBy(repelling, replicaSet.metadata.namespace, template?.metadata?.labels ?? {}).length > 0;
  }

  #podsOf(set: ReplicaSet): Iterable<Pod> {
    return this.cache.byIndex(Pod, workloadIndexes.replicas, set.metadata.uid).values();
  }

  async #open(set: ReplicaSet, pods: readonly Pod[], context: StageContext): Promise<Result> {
    const verdicts = await this.lines.open.runAll(
      pods.map((pod) => ({ pod })),
      context,
    );
    warnOfRefusals(set, refusalsIn(verdicts), context);
    const after = soonestRetry(verdicts);
    return after === undefined ? done : again(after);
  }
}

/** Whether it is asked to go, or was. */
const isMarked = (pod: Pod): boolean =>
  evictionRequestOf(pod) !== undefined || pod.metadata.annotations?.[deletionCost] === leastCost;

const sooner = (a: Result, b: Result): Result => {
  const waits = [a, b].flatMap(({ again: wait }) => wait?.after ?? []);
  return waits.length === 0 ? done : again(Math.min(...waits));
};

const isMigrating = ({ metadata }: Deployment): boolean =>
  Object.keys(metadata.annotations ?? {}).some((name) => name.startsWith(scaledPrefix));

/** Containers that the server refuses to hand over, and its words. */
const turnedDownIn = (
  verdicts: readonly Verdict<SwapWork>[],
): readonly { readonly uid: string; readonly why: string }[] =>
  verdicts.flatMap((one) =>
    (one.verdict === 'fail' && one.consequence === 'abort') || (one.verdict === 'retry' && one.refusal)
      ? [{ uid: one.work.pod.metadata.uid, why: one.why }]
      : [],
  );
