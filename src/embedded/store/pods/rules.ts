import { Node, Pod } from '../../../api/kubernetes.js';
import { qosClass } from '../../../scheduling/index.js';
import type { Cause } from '../../../cluster/errors.js';
import { type Item, type JsonObject, listOf, objectAt, textOf } from '../json.js';
import type { Find, KindRules, Subresource } from '../kinds/rules.js';
import { shapes } from '../kinds/shapes.js';
import { forbiddenField, immutable } from '../refusals.js';
import { podDefaults } from './defaults.js';
import { specOf } from './spec.js';
import { onlyResources, refuseTooLarge, resizeCauses } from './resize.js';
import { podUpdateCauses } from './update-rules.js';
import { podSpecCauses } from './validate.js';

const text = (part: 'spec' | 'status', field: string) => (pod: Item) => textOf(objectAt(pod[part])[field]);

export const podRules: KindRules = {
  kind: Pod,
  origin: 'built-in',
  versions: ['v1'],
  shape: shapes.Pod ?? 'any',
  hasStatus: true,
  subresources: ['resize', 'ephemeralcontainers'],
  generation: true,
  names: 'subdomain',
  prepareUpdate,
  prepareCreate: (pod) => {
    const { status: _status, ...rest } = pod;
    return rest;
  },
  defaults: (pod) => {
    const defaulted = podDefaults(pod);
    return pod.status === undefined ? { ...defaulted, status: firstStatus(defaulted) } : defaulted;
  },
  validate,
  admit: (pod, old, subresource, find: Find) => {
    const { nodeName } = objectAt(pod.spec);
    if (subresource === 'resize' && old && pod.spec !== old.spec && nodeName)
      refuseTooLarge(pod, find(Node, { name: textOf(nodeName) }));
  },
  fields: {
    'spec.nodeName': text('spec', 'nodeName'),
    'spec.restartPolicy': text('spec', 'restartPolicy'),
    'spec.schedulerName': text('spec', 'schedulerName'),
    'spec.serviceAccountName': text('spec', 'serviceAccountName'),
    'spec.hostNetwork': (pod) => String(objectAt(pod.spec).hostNetwork === true),
    'status.phase': text('status', 'phase'),
    'status.podIP': text('status', 'podIP'),
    'status.nominatedNodeName': text('status', 'nominatedNodeName'),
  },
};

function firstStatus(pod: Item): JsonObject {
  const spec = objectAt(pod.spec);
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    lastTransitionTime: pod.metadata.creationTimestamp,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return {
    phase: 'Pending',
    ...(listOf(spec.schedulingGates).length > 0 ? { conditions: [gated] } : {}),
    qosClass: qosClass(specOf(pod)),
  };
}

function prepareUpdate(pod: Item, old: Item, subresource: Subresource): Item {
  switch (subresource) {
    case 'status':
      return preparedStatus(pod, old);
    case 'resize':
      return onlyResources(pod, old);
    case 'ephemeralcontainers': {
      const { ephemeralContainers } = objectAt(pod.spec);
      const spec = ephemeralContainers === undefined ? old.spec : { ...objectAt(old.spec), ephemeralContainers };
      return { ...pod, metadata: old.metadata, spec, status: old.status };
    }
    case 'finalize':
    case undefined:
      return pod;
  }
}

/** Kubelets may not touch owner references, and the class of service is the server's. */
function preparedStatus(pod: Item, old: Item): Item {
  let result = pod;
  if (pod.metadata.ownerReferences !== old.metadata.ownerReferences) {
    const { ownerReferences: _changed, ...metadata } = pod.metadata;
    const { ownerReferences } = old.metadata;
    result = { ...result, metadata: ownerReferences === undefined ? metadata : { ...metadata, ownerReferences } };
  }
  const status = objectAt(pod.status);
  const before = objectAt(old.status);
  const kept: Record<string, unknown> = {};
  for (const field of ['qosClass', 'observedGeneration'])
    if (!status[field] && before[field] !== undefined) kept[field] = before[field];
  return Object.keys(kept).length === 0 ? result : { ...result, status: { ...status, ...kept } };
}

function validate(pod: Item, old: Item | undefined, subresource: Subresource): readonly Cause[] {
  if (!old) return [...podSpecCauses(objectAt(pod.spec), 'spec'), ...gatedCauses(objectAt(pod.spec))];
  switch (subresource) {
    case 'status':
      return pod.status === old.status
        ? []
        : statusCauses(objectAt(pod.status), objectAt(old.status), objectAt(old.spec));
    case 'resize':
      return pod.spec === old.spec ? [] : [...podSpecCauses(objectAt(pod.spec), 'spec'), ...resizeCauses(pod, old)];
    case 'ephemeralcontainers':
    case 'finalize':
      return [];
    case undefined:
      if (pod.spec === old.spec) return [];
      return [...podSpecCauses(objectAt(pod.spec), 'spec'), ...podUpdateCauses(pod, old)];
  }
}

/** A pod that waits behind a gate has no node yet. */
const gatedCauses = ({ nodeName, schedulingGates }: JsonObject): readonly Cause[] =>
  nodeName && listOf(schedulingGates).length > 0
    ? [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
    : [];

function statusCauses(status: JsonObject, before: JsonObject, spec: JsonObject): readonly Cause[] {
  const causes: Cause[] = [];
  if (status.qosClass !== before.qosClass) causes.push(immutable('status.qosClass', status.qosClass));
  const { nominatedNodeName } = status;
  if (spec.nodeName && nominatedNodeName && nominatedNodeName !== before.nominatedNodeName)
    causes.push(forbiddenField('status.nominatedNodeName', 'may not be set on pods that are already bound to a node'));
  if (spec.restartPolicy === 'Always' || status.containerStatuses === before.containerStatuses) return causes;
  for (const [index, old] of listOf(before.containerStatuses).entries()) {
    const { name, state } = objectAt(old);
    const terminated = objectAt(state).terminated;
    if (terminated === undefined || (objectAt(terminated).exitCode !== 0 && spec.restartPolicy === 'OnFailure'))
      continue;
    const now = listOf(status.containerStatuses).find((one) => objectAt(one).name === name);
    if (now !== undefined && objectAt(now, 'state').terminated === undefined)
      causes.push(
        forbiddenField(`status.containerStatuses[${index}].state`, 'may not be transitioned to non-terminated state'),
      );
  }
  return causes;
}
