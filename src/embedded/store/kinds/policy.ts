import { PodDisruptionBudget } from '../../../api/administration.js';
import type { Cause } from '../../../cluster/errors.js';
import { type Item, type JsonObject, listOf, objectAt, shown, textMap, textOf } from '../json.js';
import { labelCauses } from '../metadata.js';
import { labelValueProblems, qualifiedNameProblems } from '../names.js';
import { filled } from '../pods/defaults.js';
import { forbiddenField, required, unsupported, wrong } from '../refusals.js';
import { plain } from './core.js';
import type { KindRules } from './rules.js';

const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;
/** Go writes these out when they are 0, too. */
const zeros: JsonObject = Object.fromEntries(counts.map((field) => [field, 0]));
const unhealthyPodEvictionPolicies = ['AlwaysAllow', 'IfHealthyBudget'];
const notNegative = 'must be greater than or equal to 0';

/** `pkg/registry/policy/poddisruptionbudget` and `pkg/apis/policy/validation` of Kubernetes. */
export const budgetRules: KindRules = {
  ...plain(PodDisruptionBudget),
  hasStatus: true,
  generation: true,
  replaceNeedsVersion: true,
  prepareCreate: (budget) => ({ ...budget, status: zeros }),
  prepareUpdate: (budget, old, subresource) =>
    subresource === 'status' && budget.status !== old.status
      ? { ...budget, status: filled(objectAt(budget.status), zeros) }
      : budget,
  validate: (budget, old, subresource) => {
    if (subresource === 'status') return budget.status === old?.status ? [] : statusCauses(objectAt(budget.status));
    return budget.spec === old?.spec ? [] : specCauses(budget);
  },
};

function specCauses(budget: Item): readonly Cause[] {
  const spec = objectAt(budget.spec);
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const causes: Cause[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    causes.push(wrong('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  causes.push(...amountCauses(minAvailable, 'spec.minAvailable'));
  causes.push(...amountCauses(maxUnavailable, 'spec.maxUnavailable'));
  if (selector !== undefined) causes.push(...selectorCauses(objectAt(selector), 'spec.selector'));
  if (policy !== undefined && !unhealthyPodEvictionPolicies.includes(textOf(policy)))
    causes.push(unsupported('spec.unhealthyPodEvictionPolicy', policy, unhealthyPodEvictionPolicies));
  return causes;
}

function amountCauses(amount: unknown, field: string): readonly Cause[] {
  if (typeof amount === 'number') return amount < 0 ? [wrong(field, amount, notNegative)] : [];
  if (typeof amount !== 'string') return [];
  if (!/^[0-9]+%$/.test(amount))
    return [
      wrong(
        field,
        amount,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ),
    ];
  return Number(amount.slice(0, -1)) > 100 ? [wrong(field, amount, 'must not be greater than 100%')] : [];
}

/** `ValidateLabelSelector` of apimachinery. */
function selectorCauses({ matchLabels, matchExpressions }: JsonObject, field: string): readonly Cause[] {
  return [
    ...labelCauses(textMap(objectAt(matchLabels)), `${field}.matchLabels`),
    ...listOf(matchExpressions).flatMap((expression, index) =>
      requirementCauses(objectAt(expression), `${field}.matchExpressions[${index}]`),
    ),
  ];
}

function requirementCauses({ key, operator, values }: JsonObject, field: string): readonly Cause[] {
  const causes: Cause[] = [];
  const listed = listOf(values);
  if (operator === 'In' || operator === 'NotIn') {
    if (listed.length === 0)
      causes.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (listed.length > 0)
      causes.push(
        forbiddenField(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
  } else causes.push(wrong(`${field}.operator`, operator ?? '', 'not a valid selector operator'));
  const name = textOf(key);
  causes.push(...qualifiedNameProblems(name).map((problem) => wrong(`${field}.key`, name, problem)));
  for (const [index, value] of listed.entries())
    for (const problem of labelValueProblems(shown(value)))
      causes.push(wrong(`${field}.values[${index}]`, value, problem));
  return causes;
}

function statusCauses(status: JsonObject): readonly Cause[] {
  return counts.flatMap((field) => {
    const count = status[field];
    return typeof count === 'number' && count < 0 ? [wrong(`status.${field}`, count, notNegative)] : [];
  });
}
