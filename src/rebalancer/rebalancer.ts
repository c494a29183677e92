import { Node, Pod } from '../api/kubernetes.js';
import type { Key, Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { AlreadyExists, Conflict } from '../cluster/errors.js';
import { again, type Cache, type Context, done, type Reconciler, type Result } from '../runtime/index.js';
import type { DisruptionBudgets, LoadModel, PodShape, PodUse, ScorePolicy, Snapshot } from '../scheduling/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import { type Duration, hour } from '../support/time.js';
import { overdueRequests, requestEviction, withdrawRequest } from './execution/eviction-requests.js';
import { evict } from './execution/evictor.js';
import { MoveLog } from './execution/move-log.js';
import { nextReport, reportOf, withdrawReport, writeReport } from './execution/node-reports.js';
import { type MoveOutcome, type RebalancerMetrics, unmeasured } from './metrics.js';
import type { Move, Plan } from './planning/plan.js';
import { planRebalance } from './planning/plan-rebalance.js';
import type { RebalancerSettings } from './planning/settings.js';
import { RebalanceState } from './planning/state.js';
import type { Replacement } from './planning/view.js';
import { describeMove } from './wording.js';

/** What is on which node and what it uses: the cache of a scheduler is one. */
export interface ClusterView {
  readonly snapshot: Snapshot;
  readonly budgets: DisruptionBudgets;
  podUse(key: Key): PodUse | undefined;
  shapeOf(pod: Pod): PodShape;
}

/** By what rules it decides. */
export interface RebalancerProfile {
  readonly settings: RebalancerSettings;
  readonly load: LoadModel;
  /** As that of the scheduler which places the successors of evicted pods. */
  readonly policy: ScorePolicy;
  /** From one look to the next. */
  readonly interval: Duration;
  /** How long an owner has to put a replacement in the place of a pod. */
  readonly requestTimeout: Duration;
}

export interface RebalancerOptions extends RebalancerProfile {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly view: ClusterView;
  /** Ready containers in stock that could take a pod's place. */
  readonly stockOf: (pod: Pod) => readonly Replacement[];
  /** Where the moves that were begun are written down: a ConfigMap. */
  readonly log: Ref;
  readonly metrics?: RebalancerMetrics;
  /** Nothing is moved or marked: `look` says what would be. Default: false. */
  readonly dryRun?: boolean;
}

/**
 * Looks at the use of all nodes again and again, and has pods moved. It only asks: the owners of containers put replacements in their place
 * (requester and responder); where nobody responds it evicts by the Eviction API itself.
 */
export class Rebalancer implements Reconciler {
  readonly #options: RebalancerOptions;
  readonly #state = new RebalanceState();
  readonly #metrics: RebalancerMetrics;
  readonly #log: MoveLog;
  #term: number | undefined;

  constructor(options: RebalancerOptions) {
    this.#options = options;
    this.#metrics = options.metrics ?? unmeasured;
    this.#log = new MoveLog(options.cluster, options.log);
  }

  async reconcile(_ref: Ref, context: Context): Promise<Result> {
    const { interval, clock, dryRun } = this.#options;
    if (dryRun) return done;
    if (this.#term !== context.term) {
      // a new term: what others have begun counts
      await this.resume(context.signal);
      this.#term = context.term;
    }
    const plan = this.look();
    this.#metrics.planned(plan);
    if (await this.#writeDown(plan, context)) await this.#carryOut(plan, context);
    await this.#withdrawOverdue(context);
    const now = clock.now();
    return again(interval - (now % interval));
  }

  /** Takes a sample of what has been measured since the last look, and says what it would do now. */
  look(): Plan {
    const { cache, clock, view, stockOf, policy, settings, load } = this.#options;
    this.#state.observe(view.snapshot, Object.keys(load.weights), settings);
    return planRebalance({
      nodes: view.snapshot,
      use: { load, useOf: (key) => view.podUse(key) },
      podOf: (key) => cache.get(Pod, key),
      budgets: view.budgets,
      stockOf,
      policy,
      waiting: waitingPods(cache.list(Pod)).map((pod) => view.shapeOf(pod)),
      settings,
      state: this.#state,
      now: clock.now(),
    });
  }

  /** Goes on from what is written down and reported: moves that were begun, nodes that are being emptied. */
  async resume(signal: AbortSignal): Promise<void> {
    const begun = await this.#log.read(signal);
    const nodes = [...this.#options.cache.list(Node)].filter((node) => reportOf(node) !== undefined);
    this.#state.restore(
      begun,
      nodes.map(({ metadata }) => metadata.name),
    );
  }

  /** Before anything moves. Returns whether it may: false where somebody else has written meanwhile. */
  async #writeDown({ moves }: Plan, { signal, log }: Context): Promise<boolean> {
    if (moves.length === 0) return true;
    const { clock, settings } = this.#options;
    const now = clock.now();
    for (const move of moves) this.#state.begin(move, now, settings);
    try {
      await this.#log.write(this.#state.begunSince(now - Math.max(hour, settings.returnWindow)), signal);
      return true;
    } catch (error) {
      this.#term = undefined;
      if (!(error instanceof Conflict || error instanceof AlreadyExists)) throw error;
      log.warn('somebody else has begun moves meanwhile: they are read before any more are made');
      return false;
    }
  }

  async #carryOut(plan: Plan, context: Context): Promise<void> {
    await this.#report(plan, context);
    for (const move of plan.moves) {
      if (context.signal.aborted) return;
      const outcome = await this.#move(move, context).catch((error: unknown): MoveOutcome => {
        context.signal.throwIfAborted();
        context.log.warn({ pod: move.pod.key, error: messageOf(error) }, 'a pod could not be moved');
        return 'failed';
      });
      // it stays, and may be moved as soon as that is allowed; of one that failed nobody knows
      if (outcome === 'refused' || outcome === 'gone') this.#state.cancel(move);
      this.#metrics.moved(move, outcome);
    }
  }

  async #move(move: Move, { signal, events, log }: Context): Promise<MoveOutcome> {
    const { cluster, cache, clock } = this.#options;
    const pod = cache.get(Pod, move.pod.key);
    if (!pod || pod.metadata.uid !== move.pod.uid) return 'gone';
    const note = describeMove(move);
    log.info({ pod: move.pod.key, from: move.from, to: move.to, reason: move.reason, means: move.means }, note);
    if (move.means === 'replacement') {
      await requestEviction(cluster, move, note, clock.now(), signal);
      events.record(pod, 'Normal', 'EvictionRequested', note);
      return 'requested';
    }
    const outcome = await evict(cluster, move, signal);
    if (outcome === 'evicted') events.record(pod, 'Normal', 'Evicted', note);
    return outcome;
  }

  /** Says of nodes that they are being emptied or can be stopped, and of others that they are needed. One that fails is tried next time. */
  async #report({ stoppable, needed }: Plan, { signal, events, log }: Context): Promise<void> {
    const { cluster, cache, clock } = this.#options;
    const isWritten = (node: string, write: Promise<void>): Promise<boolean> =>
      write.then(
        () => true,
        (error: unknown) => {
          signal.throwIfAborted();
          log.warn({ node, error: messageOf(error) }, 'could not report whether a node can be stopped');
          return false;
        },
      );
    for (const { node: name, leaving } of stoppable) {
      const node = cache.get(Node, name);
      if (!node) continue;
      const [before, next] = [reportOf(node), nextReport(node, leaving.length, clock.now())];
      if (before?.status === next.status && before.message === next.message) continue;
      if ((await isWritten(name, writeReport(cluster, name, next, signal))) && before?.status !== next.status)
        events.record(node, 'Normal', next.status === 'True' ? 'NodeStoppable' : 'NodeEmptying', next.message);
    }
    const kept = new Set(stoppable.map(({ node }) => node));
    const reasons = new Map(needed.map(({ node, message }) => [node, message]));
    for (const node of cache.list(Node)) {
      const { name } = node.metadata;
      if (reportOf(node) === undefined || kept.has(name)) continue;
      if (await isWritten(name, withdrawReport(cluster, name, signal)))
        events.record(node, 'Normal', 'NodeNeeded', reasons.get(name) ?? 'the node is in use');
    }
    this.#state.report(stoppable);
  }

  async #withdrawOverdue({ signal, log, events }: Context): Promise<void> {
    const { cluster, cache, clock, requestTimeout } = this.#options;
    for (const pod of overdueRequests(cache.list(Pod), requestTimeout, clock.now())) {
      signal.throwIfAborted();
      try {
        await withdrawRequest(cluster, pod, signal);
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ pod: pod.metadata.name, error: messageOf(error) }, 'could not withdraw an eviction request');
        continue;
      }
      this.#metrics.withdrawn();
      events.record(pod, 'Normal', 'EvictionRequestWithdrawn', 'no replacement was found in time');
    }
  }
}

/** Those for which a scheduler has found no node. */
const waitingPods = (pods: Iterable<Pod>): readonly Pod[] =>
  [...pods].filter(
    ({ metadata, spec, status }) =>
      !spec?.nodeName &&
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(
        ({ type, status: is, reason }) => type === 'PodScheduled' && is === 'False' && reason === 'Unschedulable',
      ),
  );
