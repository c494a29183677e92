import { PodDisruptionBudget, type PodDisruptionBudgetStatus } from '../../api/administration.js';
import { Pod } from '../../api/kubernetes.js';
import { selectorOf } from '../../api/meta/label-selector.js';
import { nameOf, type Ref } from '../../api/meta/resource.js';
import type { RemoveOptions } from '../../cluster/cluster.js';
import { InternalError, TooManyRequests } from '../../cluster/errors.js';
import { findCondition } from '../../runtime/index.js';
import { isTerminal } from '../../scheduling/pod-phase.js';
import { type Instant, second, timestamp } from '../../support/time.js';
import { disruptionAllowed, withDisruptionAllowed } from '../disruption-allowed.js';
import { isReady } from '../pod-readiness.js';
import { checkPreconditions } from './deletion.js';
import { type Item, listOf, objectAt } from './json.js';
import { forbidden } from './refusals.js';
import type { Store } from './store.js';
import { typed } from './writes.js';

/** `MaxDisruptedPodSize`: so many evictions may wait for the controller of the budget to notice them. */
const mostDisruptedPods = 2000;

export type EvictionOptions = Pick<RemoveOptions, 'gracePeriodSeconds' | 'preconditions'> & {
  readonly dryRun: boolean;
};

/**
 * Deletes a pod if its disruption budget allows that (`EvictionREST.Create`). As there, a precondition that fails is found
 * after the budget is charged. Throws NotFound, Conflict, TooManyRequests, Forbidden, and InternalError for two budgets.
 */
export function evict(store: Store, ref: Ref, { dryRun, ...options }: EvictionOptions, now: Instant): void {
  const item = store.get(Pod, ref);
  const pod = typed<Pod>(item);
  const budget = isExempt(pod) ? undefined : budgetOf(store, pod);
  if (budget && !isFree(pod, budget)) {
    const status = chargedStatus(budget, ref.name, now);
    if (!dryRun) store.change(PodDisruptionBudget, nameOf(budget), (before) => ({ ...before, status }));
  }
  checkPreconditions(item, options, { kind: Pod });
  if (dryRun) return;
  store.change(Pod, ref, (before) => withDisruptionTarget(before, now));
  const { gracePeriodSeconds } = options;
  store.remove(Pod, ref, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
}

/** `canIgnorePDB`: pods that have ended, are ending or never ran disrupt nobody. */
const isExempt = (pod: Pod): boolean =>
  isTerminal(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;

function budgetOf(store: Store, { metadata }: Pod): PodDisruptionBudget | undefined {
  const there = { namespace: metadata.namespace, name: undefined, node: undefined, matches: undefined };
  const [budget, another] = store
    .table(PodDisruptionBudget)
    .select(there)
    .map((item) => typed<PodDisruptionBudget>(item))
    .filter(({ spec }) => spec?.selector && selectorOf(spec.selector)(metadata.labels));
  if (another)
    throw new InternalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  return budget;
}

/** Whether the eviction of a pod costs the budget nothing: the pod is not Ready, and the policy lets such pods go. */
export function isFree(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

const untouched = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };

/**
 * The status of a budget that is charged with the eviction of a pod (`checkAndDecrement`). Throws TooManyRequests when it
 * allows none, or does not know yet; Forbidden when its controller has not noticed thousands of others.
 */
export function chargedStatus(budget: PodDisruptionBudget, pod: string, now: Instant): PodDisruptionBudgetStatus {
  const { name, generation = 0 } = budget.metadata;
  const status: PodDisruptionBudgetStatus = budget.status ?? untouched;
  if ((status.observedGeneration ?? 0) < generation)
    throw refused(`The disruption budget ${name} is still being processed by the server.`, 10 * second);
  if (Object.keys(status.disruptedPods ?? {}).length > mostDisruptedPods) {
    const why = 'too many pending evictions not confirmed by PDB controller';
    throw forbidden(
      { group: 'policy', plural: 'poddisruptionbudget', name: PodDisruptionBudget.name },
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
      [cause(`The disruption budget ${name} does not allow evicting pods currently: ${why}`)],
    );
  }
  if (status.disruptionsAllowed <= 0) throw refused(whyNone(name, status));
  const charged = {
    ...status,
    disruptionsAllowed: status.disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [pod]: timestamp(now) },
  };
  return charged.disruptionsAllowed === 0 ? withDisruptionAllowed(charged, now) : charged;
}

function whyNone(name: string, { conditions, currentHealthy, desiredHealthy }: PodDisruptionBudgetStatus): string {
  const condition = findCondition(conditions, disruptionAllowed);
  const said = condition?.status === 'False' && condition.message ? condition : undefined;
  if (said?.reason === 'SyncFailed')
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${said.message}`;
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  const none = `The disruption budget ${name} does not allow evicting pods currently`;
  return said ? `${none} (${said.reason}): ${said.message}` : none;
}

const cause = (message: string) => ({ reason: 'DisruptionBudget', message });

const refused = (why: string, retryAfter?: number) =>
  new TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [cause(why)],
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });

/** The pod with the condition that says why it ends, for those who count failures. */
function withDisruptionTarget(pod: Item, now: Instant): Item {
  const status = objectAt(pod.status);
  const conditions = listOf(status.conditions);
  const before = conditions.find((one) => objectAt(one).type === 'DisruptionTarget');
  const { status: was, lastTransitionTime } = objectAt(before);
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: was === 'True' ? lastTransitionTime : timestamp(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const others = conditions.map((one) => (one === before ? condition : one));
  return { ...pod, status: { ...status, conditions: before === undefined ? [...conditions, condition] : others } };
}
