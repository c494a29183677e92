import {
  ConfigMap,
  Event,
  Lease,
  Namespace,
  Node,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
} from '../../../api/kubernetes.js';
import type { Kind } from '../../../api/meta/kind.js';
import type { Resource } from '../../../api/meta/resource.js';
import type { Cause } from '../../../cluster/errors.js';
import { equal, isObject, type Item, listOf, objectAt, shown, textOf } from '../json.js';
import { canonicalQuantities } from '../pods/quantities.js';
import { forbiddenField, required, tooLong, wrong } from '../refusals.js';
import { fieldsFrom } from '../writes.js';
import type { KindRules } from './rules.js';
import { shapes } from './shapes.js';

export const plain = (kind: Kind<Resource>): KindRules => ({
  kind,
  origin: 'built-in',
  versions: [kind.version],
  shape: shapes[kind.name] ?? 'any',
  hasStatus: false,
  generation: false,
  names: 'subdomain',
});

const finalizersOf = (namespace: Item): readonly unknown[] => listOf(objectAt(namespace.spec).finalizers);

/** The namespace controller lets go of a namespace through its `finalize` subresource, when it is empty. */
const namespaces: KindRules = {
  ...plain(Namespace),
  hasStatus: true,
  subresources: ['finalize'],
  names: 'label',
  prepareCreate: (namespace) => ({
    ...namespace,
    spec: { ...objectAt(namespace.spec), finalizers: withKubernetes(finalizersOf(namespace)) },
    status: { phase: 'Active' },
  }),
  defaults: labelled,
  prepareUpdate: (namespace, old, subresource) => {
    if (subresource === 'finalize') return { ...old, spec: namespace.spec ?? {} };
    return labelled(fieldsFrom(namespace, old, (field) => field === 'spec'));
  },
  fields: { name: (namespace) => namespace.metadata.name, 'status.phase': (one) => textOf(objectAt(one.status).phase) },
  holdsDeletion: (namespace) => finalizersOf(namespace).length > 0,
  prepareDelete: (namespace) => ({ ...namespace, status: { ...objectAt(namespace.status), phase: 'Terminating' } }),
};

const withKubernetes = (finalizers: readonly unknown[]): readonly unknown[] =>
  finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];

const nameLabel = 'kubernetes.io/metadata.name';

function labelled(namespace: Item): Item {
  const { name, labels } = namespace.metadata;
  if (labels?.[nameLabel] === name) return namespace;
  return { ...namespace, metadata: { ...namespace.metadata, labels: { ...labels, [nameLabel]: name } } };
}

/** A new node's status is its creator's, unlike a pod's. No taint is added to nodes that are not ready yet. */
const nodes: KindRules = {
  ...plain(Node),
  hasStatus: true,
  prepareCreate: (node) => {
    const status = objectAt(node.status);
    if (!isObject(status.capacity)) return { ...node, spec: node.spec ?? {} };
    const capacity = canonicalQuantities(status.capacity);
    const allocatable = status.allocatable === undefined ? capacity : canonicalQuantities(status.allocatable);
    return { ...node, spec: node.spec ?? {}, status: { ...status, capacity, allocatable } };
  },
  validate: (node, old) => {
    const id = objectAt(old?.spec).providerID;
    return id !== undefined && id !== objectAt(node.spec).providerID
      ? [forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : [];
  },
  fields: { 'spec.unschedulable': (node) => String(objectAt(node.spec).unschedulable === true) },
};

const keyPattern = /^[-._a-zA-Z0-9]+$/;

const keyCauses = (map: unknown, field: string): readonly Cause[] =>
  Object.keys(objectAt(map)).flatMap((key) =>
    key.length <= 253 && keyPattern.test(key)
      ? []
      : [
          wrong(
            `${field}[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
          ),
        ],
  );

const dataLimit = 1024 * 1024;

/** All values together. Of base64, what it stands for counts. */
function tooMuch(texts: unknown, encoded?: unknown): readonly Cause[] {
  const lengthOf = (map: unknown) =>
    Object.values(objectAt(map)).reduce<number>((sum, text) => sum + shown(text).length, 0);
  const size = lengthOf(texts) + (lengthOf(encoded) * 3) / 4;
  return size > dataLimit ? [tooLong('[]', `may not be more than ${dataLimit} bytes`)] : [];
}

/** What is said to be immutable stays so, and what it holds with it. */
function frozenCauses(object: Item, old: Item | undefined): readonly Cause[] {
  if (old?.immutable !== true) return [];
  const causes: Cause[] = [];
  if (object.immutable !== true) causes.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
  for (const field of ['data', 'binaryData'])
    if (!equal(object[field], old[field]))
      causes.push(forbiddenField(field, 'field is immutable when `immutable` is set'));
  return causes;
}

const configMaps: KindRules = {
  ...plain(ConfigMap),
  validate: (map, old) => [
    ...keyCauses(map.data, 'data'),
    ...keyCauses(map.binaryData, 'binaryData'),
    ...tooMuch(map.data, map.binaryData),
    ...frozenCauses(map, old),
  ],
};

const secrets: KindRules = {
  ...plain(Secret),
  defaults: (secret) => {
    const { stringData, ...rest } = secret;
    const data: Record<string, unknown> = { ...objectAt(secret.data) };
    for (const [key, value] of Object.entries(objectAt(stringData)))
      data[key] = Buffer.from(shown(value)).toString('base64');
    return { ...rest, type: textOf(secret.type) || 'Opaque', ...(Object.keys(data).length === 0 ? {} : { data }) };
  },
  validate: (secret, old) => [
    ...keyCauses(secret.data, 'data'),
    ...tooMuch(secret.data),
    ...frozenCauses(secret, old),
    ...(old && secret.type !== old.type ? [wrong('type', secret.type, 'field is immutable')] : []),
  ],
  fields: { type: (secret) => textOf(secret.type) },
};

const leases: KindRules = {
  ...plain(Lease),
  replaceNeedsVersion: true,
  validate: (lease) => {
    const { leaseDurationSeconds, leaseTransitions } = objectAt(lease.spec);
    const causes: Cause[] = [];
    if (typeof leaseDurationSeconds === 'number' && leaseDurationSeconds <= 0)
      causes.push(wrong('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
    if (typeof leaseTransitions === 'number' && leaseTransitions < 0)
      causes.push(wrong('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
    return causes;
  },
};

const regarding = (field: string) => (event: Item) => textOf(objectAt(event, 'regarding')[field]);

const events: KindRules = {
  ...plain(Event),
  validate: (event, old) => {
    if (old) return [];
    const causes: Cause[] = [];
    if (event.eventTime === undefined) return causes;
    for (const field of ['reportingController', 'reportingInstance', 'action', 'reason'])
      if (textOf(event[field]) === '') causes.push(required(field));
    if (event.type !== 'Normal' && event.type !== 'Warning') causes.push(wrong('type', event.type ?? '', ''));
    const note = textOf(event.note);
    if (note.length > 1024) causes.push(wrong('message', note, 'can have at most 1024 characters'));
    const namespace = regarding('namespace')(event) || 'default';
    if (namespace !== event.metadata.namespace)
      causes.push(wrong('involvedObject.namespace', namespace, 'does not match event.namespace'));
    return causes;
  },
  fields: {
    'regarding.kind': regarding('kind'),
    'regarding.namespace': regarding('namespace'),
    'regarding.name': regarding('name'),
    'regarding.uid': regarding('uid'),
    reason: (event) => textOf(event.reason),
    reportingController: (event) => textOf(event.reportingController),
    type: (event) => textOf(event.type),
  },
};

export const coreRules: readonly KindRules[] = [
  namespaces,
  nodes,
  configMaps,
  secrets,
  leases,
  events,
  plain(ServiceAccount),
  // kept for those who read them: nothing acts on them here
  { ...plain(Service), hasStatus: true },
  { ...plain(ReplicationController), hasStatus: true },
];
