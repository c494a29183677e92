import type { Pod } from '../../api/kubernetes.js';
import { keyOf, nameOf } from '../../api/meta/resource.js';
import { explainNode, type PodShape, type ScorePolicy } from '../../scheduling/index.js';
import type { SchedulerCache } from '../cache/scheduler-cache.js';
import type { Profile } from '../profile.js';
import { type ExtenderArgs, type ExtenderFilterResult, type HostPriority, mostPriority } from './wire.js';

/**
 * Answers a kube-scheduler's questions about its candidates from the same cache and by the same policies as the scheduler. What
 * kube-scheduler has decided and not yet bound is not known here: two decisions within the time of a watch see the same use.
 */
export class Extender {
  readonly #cache: SchedulerCache;
  #profiles: readonly Profile[];

  constructor(cache: SchedulerCache, profiles: readonly Profile[]) {
    this.#cache = cache;
    this.#profiles = profiles;
  }

  /** Goes on with other profiles. */
  configure(profiles: readonly Profile[]): void {
    this.#profiles = profiles;
  }

  /** Which candidates can take the pod, by all filters but those about its volumes. */
  filter(args: ExtenderArgs): ExtenderFilterResult {
    const shape = this.#cache.shapeOf(withoutVolumes(args.Pod));
    const [failed, unresolvable]: [Record<string, string>, Record<string, string>] = [{}, {}];
    const { snapshot } = this.#cache;
    const passed = candidatesOf(args).filter((name) => {
      const row = snapshot.rowOf(name);
      const refusal = row === undefined ? unknownNode : explainNode(shape, snapshot, row, keyOf(nameOf(args.Pod)));
      if (refusal) (refusal.unresolvable ? unresolvable : failed)[name] = refusal.reasons.join(', ');
      return !refusal;
    });
    const result = { FailedNodes: failed, FailedAndUnresolvableNodes: unresolvable };
    if (!args.Nodes) return { NodeNames: passed, ...result };
    const kept = new Set(passed);
    const items = (args.Nodes.items ?? []).filter(({ metadata }) => kept.has(metadata.name));
    return { Nodes: { apiVersion: 'v1', kind: 'NodeList', items }, ...result };
  }

  /** How well each candidate suits the pod: `mostPriority` the best of them, 0 the worst, the others in proportion. */
  prioritize(args: ExtenderArgs): readonly HostPriority[] {
    const { snapshot } = this.#cache;
    const names = candidatesOf(args);
    const scores = this.#scores(this.#cache.shapeOf(args.Pod), this.#policyOf(args.Pod), names);
    const known = names.flatMap((name) => snapshot.rowOf(name) ?? []).map((row) => scores[row] ?? 0);
    const least = known.reduce((a, b) => Math.min(a, b), Infinity);
    const range = known.reduce((a, b) => Math.max(a, b), -Infinity) - least;
    return names.map((name) => {
      const row = snapshot.rowOf(name);
      if (row === undefined) return { Host: name, Score: 0 };
      const share = range > 0 ? ((scores[row] ?? 0) - least) / range : 1;
      return { Host: name, Score: Math.round(mostPriority * share) };
    });
  }

  #scores(shape: PodShape, policy: ScorePolicy, names: readonly string[]): Float64Array {
    const { snapshot } = this.#cache;
    const feasible = new Uint8Array(snapshot.present.length);
    for (const name of names) {
      const row = snapshot.rowOf(name);
      if (row !== undefined) feasible[row] = 1;
    }
    const scores = new Float64Array(feasible.length);
    policy.score(shape, snapshot, feasible, scores);
    return scores;
  }

  /** That of the profile of the pod's scheduler; where there is none, of the first. */
  #policyOf({ spec }: Pod): ScorePolicy {
    const [first] = this.#profiles;
    const own = this.#profiles.find(({ schedulerName }) => schedulerName === spec?.schedulerName) ?? first;
    if (!own) throw new Error('there is no profile');
    return own.policy;
  }
}

/** It may be told of any moment: no reason to give up. */
const unknownNode = { unresolvable: false, reasons: ['node(s) not known to penstock extender yet'] };

const candidatesOf = ({ NodeNames, Nodes }: ExtenderArgs): readonly string[] =>
  NodeNames ?? Nodes?.items?.map(({ metadata }) => metadata.name) ?? [];

/** Claims and volumes are not followed here: kube-scheduler has asked its own filters about them. */
function withoutVolumes(pod: Pod): Pod {
  const { volumes: _volumes, ...spec } = pod.spec ?? { containers: [] };
  return { ...pod, spec };
}
