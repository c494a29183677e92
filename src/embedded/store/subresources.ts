import type { Kind } from '../../api/meta/kind.js';
import { Binding, Eviction, Pod } from '../../api/kubernetes.js';
import type { Ref, Resource } from '../../api/meta/resource.js';
import { BadRequest } from '../../cluster/errors.js';
import { type Instant, timestamp } from '../../support/time.js';
import { evict, type EvictionOptions } from './eviction.js';
import { isObject, type Item, type JsonObject, listOf, objectAt, textOf, shown } from './json.js';
import { conflict, invalid, notServed, required, wrong } from './refusals.js';
import type { Store, WriteMode } from './store.js';

/** What is reached below another object: bindings and evictions of pods, the scale of what has replicas. */

type Below = NonNullable<Kind<Resource>['below']>;
type Posted = {
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly [field: string]: unknown;
};

/** Posts a Binding or an Eviction. */
export function createBelow(
  store: Store,
  below: Below,
  posted: Posted,
  mode: Pick<WriteMode, 'dryRun'>,
  now: Instant,
): Item {
  const { name = '', namespace } = posted.metadata;
  const ref = namespace === undefined ? { name } : { name, namespace };
  if (below.path === Binding.below?.path) return bind(store, ref, posted, now);
  if (below.path !== Eviction.below?.path) throw notServed();
  evict(store, ref, optionsOf(posted, mode), now);
  return success();
}

function bind(store: Store, ref: Ref, posted: Posted, now: Instant): Item {
  const target = objectAt(posted, 'target');
  const node = textOf(target.name);
  if (node === '') throw invalid(Binding, ref.name, [required('target.name')]);
  const { uid, resourceVersion } = objectAt(posted, 'metadata');
  store.change(Pod, ref, (pod) => {
    const spec = objectAt(pod.spec);
    if (uid !== undefined && uid !== pod.metadata.uid)
      throw conflict(
        Pod,
        ref.name,
        `Precondition failed: UID in precondition: ${shown(uid)}, UID in object meta: ${pod.metadata.uid}`,
      );
    if (resourceVersion !== undefined && resourceVersion !== pod.metadata.resourceVersion)
      throw conflict(Pod, ref.name, `Precondition failed: ResourceVersion in precondition: ${shown(resourceVersion)}`);
    if (pod.metadata.deletionTimestamp !== undefined)
      throw conflict(
        { ...Pod, plural: 'pods/binding' },
        ref.name,
        `pod ${ref.name} is being deleted, cannot be assigned to a host`,
      );
    if (spec.nodeName)
      throw conflict(
        { ...Pod, plural: 'pods/binding' },
        ref.name,
        `pod ${ref.name} is already assigned to node "${textOf(spec.nodeName)}"`,
      );
    if (listOf(spec.schedulingGates).length > 0)
      throw conflict(
        { ...Pod, plural: 'pods/binding' },
        ref.name,
        `pod ${ref.name} has non-empty .spec.schedulingGates`,
      );
    const conditions = listOf(objectAt(pod.status).conditions).filter((one) => objectAt(one).type !== 'PodScheduled');
    const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(now) };
    const { nominatedNodeName: _nominated, ...status } = objectAt(pod.status);
    return { ...pod, spec: { ...spec, nodeName: node }, status: { ...status, conditions: [...conditions, scheduled] } };
  });
  return success();
}

function optionsOf(posted: Posted, mode: Pick<WriteMode, 'dryRun'>): EvictionOptions {
  const { gracePeriodSeconds, preconditions, dryRun } = objectAt(posted, 'deleteOptions');
  const { uid, resourceVersion } = objectAt(preconditions);
  return {
    dryRun: mode.dryRun === true || listOf(dryRun).length > 0,
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  };
}

/** The server answers such a post with a Status; its metadata is empty. */
const success = (): Item => ({
  apiVersion: 'v1',
  kind: 'Status',
  metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
  status: 'Success',
});

export function getScale(store: Store, below: Below, ref: Ref): Item {
  return scaleFrom(store, below, store.get(below.parent, ref));
}

/** Changes `spec.replicas` of the parent through its scale. Everything else in a Scale is for reading. */
export function updateScale(
  store: Store,
  below: Below,
  ref: Ref,
  mode: WriteMode,
  change: (scale: Item) => unknown,
): Item {
  const { specReplicas } = pathsOf(store, below);
  const { origin } = store.table(below.parent).rules;
  const parent = store.update(below.parent, ref, { ...mode, verb: 'patch' }, (old) => {
    const scale = change(scaleFrom(store, below, old));
    if (!isObject(scale)) throw new BadRequest('a Scale is an object');
    const replicas = objectAt(scale, 'spec').replicas ?? 0;
    const { resourceVersion, uid } = objectAt(scale, 'metadata');
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
      throw conflict(
        below.parent,
        ref.name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    if (uid && uid !== old.metadata.uid)
      throw conflict(
        below.parent,
        ref.name,
        `Precondition failed: UID in precondition: ${shown(uid)}, UID in object meta: ${old.metadata.uid}`,
      );
    if (typeof replicas !== 'number' || !Number.isInteger(replicas))
      throw new BadRequest('spec.replicas is no integer');
    if (replicas < 0)
      throw invalid({ group: 'autoscaling', plural: 'scales', name: 'Scale' }, ref.name, [
        wrong(origin === 'custom' ? '.spec.replicas' : 'spec.replicas', replicas, 'must be greater than or equal to 0'),
      ]);
    return setAt(old, specReplicas, replicas);
  });
  return scaleFrom(store, below, parent);
}

function pathsOf(store: Store, below: Below) {
  const { scale } = store.table(below.parent).rules;
  if (scale && below.path === 'scale') return scale;
  throw notServed();
}

function scaleFrom(store: Store, below: Below, parent: Item): Item {
  const paths = pathsOf(store, below);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = parent.metadata;
  const selector = paths.selector && at(parent, paths.selector);
  const replicas = at(parent, paths.specReplicas);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: {
      replicas: at(parent, paths.statusReplicas) ?? 0,
      ...(selector === undefined ? {} : { selector: typeof selector === 'string' ? selector : selectorText(selector) }),
    },
  };
}

function at(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const step of path) here = isObject(here) ? here[step] : undefined;
  return here;
}

function setAt(object: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const [step, ...rest] = path;
  if (step === undefined) return object;
  return { ...object, [step]: rest.length === 0 ? value : setAt(objectAt(object[step]), rest, value) };
}

/** A `metav1.LabelSelector` in the notation of queries. */
function selectorText(selector: unknown): string {
  const labels = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${shown(value)}`);
  const expressions = listOf(objectAt(selector).matchExpressions).map((expression) => {
    const { key, operator, values } = objectAt(expression);
    const name = textOf(key);
    if (operator === 'Exists') return name;
    if (operator === 'DoesNotExist') return `!${name}`;
    return `${name} ${operator === 'In' ? 'in' : 'notin'} (${listOf(values).map(shown).toSorted().join(',')})`;
  });
  return [...labels, ...expressions].toSorted().join(',');
}
