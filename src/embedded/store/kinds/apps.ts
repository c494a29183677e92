import { Deployment, ReplicaSet, StatefulSet } from '../../../api/kubernetes.js';
import { PoolRevision } from '../../../api/pool-revision.js';
import type { Cause } from '../../../cluster/errors.js';
import { equal, isObject, type Item, type JsonObject, listOf, objectAt, shown, textMap } from '../json.js';
import { labelCauses } from '../metadata.js';
import { filled, templateDefaults } from '../pods/defaults.js';
import { podSpecCauses } from '../pods/validate.js';
import { forbiddenField, immutable, required, unsupported, wrong } from '../refusals.js';
import { plain } from './core.js';
import type { KindRules, ScalePaths } from './rules.js';

const scale: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};

function withTemplate(object: Item, defaults: JsonObject): Item {
  const spec = filled(objectAt(object.spec), defaults);
  return { ...object, spec: isObject(spec.template) ? { ...spec, template: templateDefaults(spec.template) } : spec };
}

function causesOf(object: Item, old: Item | undefined): readonly Cause[] {
  if (object.spec === old?.spec) return [];
  const { selector, template, replicas } = objectAt(object.spec);
  const causes: Cause[] = [];
  if (typeof replicas === 'number' && replicas < 0)
    causes.push(wrong('spec.replicas', replicas, 'must be greater than or equal to 0'));
  if (!isObject(selector)) causes.push(required('spec.selector'));
  else if (Object.keys(objectAt(selector.matchLabels)).length + listOf(selector.matchExpressions).length === 0)
    causes.push(wrong('spec.selector', selector, 'empty selector is invalid for deployment'));
  if (old && !equal(selector, objectAt(old.spec).selector)) causes.push(immutable('spec.selector', selector));
  if (!isObject(template)) return [...causes, required('spec.template')];
  const labels = objectAt(template, 'metadata', 'labels');
  if (isObject(selector) && !matches(labels, selector))
    causes.push(wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  if (template === objectAt(old?.spec).template) return causes;
  const spec = objectAt(template, 'spec');
  causes.push(...labelCauses(textMap(labels), 'spec.template.labels'), ...podSpecCauses(spec, 'spec.template.spec'));
  if (spec.restartPolicy !== 'Always')
    causes.push(unsupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always']));
  if (spec.activeDeadlineSeconds !== undefined)
    causes.push(
      forbiddenField(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in ReplicaSet is not Supported',
      ),
    );
  return causes;
}

/** Whether a `metav1.LabelSelector` selects these labels. */
function matches(labels: JsonObject, selector: JsonObject): boolean {
  const equalities = Object.entries(objectAt(selector.matchLabels));
  if (!equalities.every(([key, value]) => labels[key] === value)) return false;
  return listOf(selector.matchExpressions).every((expression) => {
    const { key, operator, values } = objectAt(expression);
    const label = typeof key === 'string' ? labels[key] : undefined;
    const listed = label !== undefined && listOf(values).includes(label);
    switch (operator) {
      case 'In':
        return listed;
      case 'NotIn':
        return !listed;
      case 'Exists':
        return label !== undefined;
      default:
        return label === undefined;
    }
  });
}

const withStatus =
  (status: JsonObject) =>
  (object: Item): Item => ({ ...object, status });

const rollingDefaults = { maxUnavailable: '25%', maxSurge: '25%' };

const deployments: KindRules = {
  ...plain(Deployment),
  hasStatus: true,
  generation: true,
  scale,
  prepareCreate: withStatus({}),
  // its status writer may not relabel a deployment
  prepareUpdate: (object, old, subresource) =>
    subresource === 'status' && object.metadata.labels !== old.metadata.labels
      ? { ...object, metadata: withLabels(object.metadata, old.metadata.labels) }
      : object,
  defaults: (object) => {
    const result = withTemplate(object, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const spec = objectAt(result.spec);
    const strategy = filled(objectAt(spec.strategy), { type: 'RollingUpdate' });
    const rolling = filled(objectAt(strategy.rollingUpdate), rollingDefaults);
    return {
      ...result,
      spec: {
        ...spec,
        strategy: strategy.type === 'RollingUpdate' ? { ...strategy, rollingUpdate: rolling } : strategy,
      },
    };
  },
  validate: (object, old) => [...causesOf(object, old), ...strategyCauses(object)],
};

function withLabels(metadata: Item['metadata'], labels: Item['metadata']['labels']): Item['metadata'] {
  const { labels: _labels, ...rest } = metadata;
  return labels === undefined ? rest : { ...rest, labels };
}

function strategyCauses(object: Item): readonly Cause[] {
  const { type, rollingUpdate } = objectAt(object.spec, 'strategy');
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate') return [unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])];
  const { maxUnavailable, maxSurge } = objectAt(rollingUpdate);
  const none = (amount: unknown) => amount === 0 || amount === '0%';
  return none(maxUnavailable) && none(maxSurge)
    ? [wrong('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
    : [];
}

const replicaSets: KindRules = {
  ...plain(ReplicaSet),
  hasStatus: true,
  generation: true,
  scale,
  prepareCreate: withStatus({ replicas: 0 }),
  defaults: (object) => withTemplate(object, { replicas: 1 }),
  validate: causesOf,
  fields: { 'status.replicas': (object) => shown(objectAt(object.status).replicas ?? 0) },
};

/** What its owner was does not change any more. */
const revisions: KindRules = {
  ...plain(PoolRevision),
  validate: (object, old) => {
    const { revision, data } = object;
    return [
      ...(data === undefined ? [required('data')] : []),
      ...(typeof revision === 'number' && revision < 0
        ? [wrong('revision', revision, 'must be greater than or equal to 0')]
        : []),
      ...(old && !equal(data, old.data) ? [immutable('data', data)] : []),
    ];
  },
};

/** Kept for those who read them: nothing acts on them here. */
const statefulSets: KindRules = { ...plain(StatefulSet), hasStatus: true, generation: true };

export const appsRules: readonly KindRules[] = [replicaSets, deployments, statefulSets, revisions];
