import type { PodDisruptionBudget } from '../../../src/api/administration.js';
import { evictionRequestOf } from '../../../src/api/eviction-request.js';
import type { Pod } from '../../../src/api/kubernetes.js';
import { controllerOf } from '../../../src/api/meta/kind.js';
import { selectorOf } from '../../../src/api/meta/label-selector.js';
import { annotations, labels } from '../../../src/api/names.js';
import { type Instant, second } from '../../../src/support/time.js';
import type { Journal } from '../../faults/journal.js';
import { type Violation, violation } from '../../faults/violation.js';
import { type Act, actsOf } from './acts.js';
import type { Happening } from './record.js';

/** What must hold whenever a pod is asked to go or is evicted, whatever the faults are. */
export function checkSafety(happenings: readonly Happening[], journal: Journal): readonly Violation[] {
  const violations: Violation[] = [];
  const acts = new Map<number, Act>();
  for (const act of actsOf(happenings, journal)) {
    acts.set(act.version, act);
    const why = stayOf(act);
    if (why) violations.push(about(act, 'moves only what may be moved', why));
  }
  const replay = new Replay();
  for (const happening of happenings) {
    const act = acts.get(happening.version);
    if (act?.means === 'eviction') violations.push(...replay.checkBudgets(act));
    violations.push(...replay.checkReplacement(happening));
    replay.apply(happening);
  }
  return violations;
}

function about({ pod: { metadata }, means }: Act, rule: string, why: string): Violation {
  const what = `${metadata.name} was ${means === 'eviction' ? 'evicted' : 'asked to go'}: ${why}`;
  return violation(rule, what, metadata.name);
}

/** Why a pod had to be left alone. Nothing of the rebalancer is used. */
function stayOf({ pod: { metadata, spec }, means }: Act): string | undefined {
  const owner = controllerOf({ metadata });
  const marks = metadata.annotations ?? {};
  if (!owner) return 'it has no controller';
  if (owner.kind === 'DaemonSet') return 'it goes with its node';
  if ((spec?.priority ?? 0) >= 2_000_000_000) return 'it is critical for the system';
  if (marks['karpenter.sh/do-not-disrupt'] === 'true') return 'it is not to be disrupted';
  const isDelivered = metadata.labels?.[labels.claim] !== undefined || metadata.labels?.[labels.pool] !== undefined;
  if (marks[annotations.safeToEvict] === 'false' && (means === 'eviction' || !isDelivered))
    return 'it is not safe to evict';
  if (metadata.labels?.[labels.claim] !== undefined && means === 'eviction') return 'its claim had no replacement';
  if (marks[annotations.safeToEvict] === 'true') return undefined;
  return spec?.volumes?.some(({ emptyDir, hostPath }) => emptyDir ?? hostPath)
    ? 'its volume is on its node'
    : undefined;
}

class Replay {
  readonly #pods = new Map<string, Pod>();
  readonly #budgets = new Map<string, PodDisruptionBudget>();
  readonly #claims = new Set<string>();
  /** By uid: when pods went for other reasons, which controllers of budgets need not have noticed yet. */
  readonly #wentAt = new Map<string, { readonly pod: Pod; readonly at: Instant }>();

  apply({ of, type, object, at }: Happening): void {
    const { uid } = object.metadata;
    const isGone = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
    if (of === 'pod') {
      const before = this.#pods.get(uid);
      if (before && isHealthy(before) && (isGone || !isHealthy(object))) this.#wentAt.set(uid, { pod: before, at });
      if (type === 'DELETED') this.#pods.delete(uid);
      else this.#pods.set(uid, object);
    }
    if (of === 'budget') this.#budgets.set(object.metadata.name, object);
    if (of === 'claim') {
      if (isGone) this.#claims.delete(uid);
      else this.#claims.add(uid);
    }
  }

  /** After an eviction there are as many healthy pods as the budget wants, as far as its controller can know. */
  checkBudgets(act: Act): readonly Violation[] {
    if (!isHealthy(act.pod)) return [];
    return [...this.#budgets.values()].flatMap(({ metadata, spec, status }) => {
      const selects = selectorOf(spec?.selector ?? {});
      if (!selects(act.pod.metadata.labels)) return [];
      const healthy = [...this.#pods.values()].filter((pod) => isHealthy(pod) && selects(pod.metadata.labels));
      const unnoticed = [...this.#wentAt.values()].filter(
        ({ pod, at }) => act.at - at < second && selects(pod.metadata.labels),
      );
      const desired = status?.desiredHealthy ?? 0;
      if (healthy.length + unnoticed.length - 1 >= desired) return [];
      const why = `budget ${metadata.name} wants ${desired} healthy, ${healthy.length} were`;
      return [about(act, 'keeps disruption budgets', why)];
    });
  }

  /** A container of a claim that was asked to go does so only when another one is ready with its number. */
  checkReplacement({ of, type, object }: Happening): readonly Violation[] {
    if (of !== 'pod') return [];
    const before = this.#pods.get(object.metadata.uid);
    if (!before || before.metadata.deletionTimestamp !== undefined || !evictionRequestOf(before)) return [];
    const { claimUid, index } = annotations;
    const { [claimUid]: claim, [index]: number } = before.metadata.annotations ?? {};
    const isGoing = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
    if (!isGoing || claim === undefined || !this.#claims.has(claim) || !isHealthy(before)) return [];
    const isReplaced = [...this.#pods.values()].some(
      (pod) =>
        pod.metadata.uid !== object.metadata.uid &&
        pod.metadata.annotations?.[claimUid] === claim &&
        pod.metadata.annotations[index] === number &&
        isHealthy(pod),
    );
    if (isReplaced) return [];
    const { name } = object.metadata;
    return [violation('replaces first', `${name} went, and no other container had its number`, name)];
  }
}

const isHealthy = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false);
