import { isObject, type Item, type JsonObject, listOf, objectAt, textOf } from '../json.js';
import { canonicalQuantities } from './quantities.js';

/** What the server fills in where a pod's author says nothing. */

/** `object` with the values of `defaults` where it has none; an empty text is none, as in Go. */
export function filled(object: JsonObject, defaults: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...object };
  for (const [field, value] of Object.entries(defaults))
    if (result[field] === undefined || result[field] === null || result[field] === '') result[field] = value;
  return result;
}

/** Applies `change` to the items of a list field that there is. */
export function mapList(object: JsonObject, field: string, change: (item: JsonObject) => JsonObject): JsonObject {
  if (!Array.isArray(object[field])) return object;
  return { ...object, [field]: listOf(object[field]).map((item) => (isObject(item) ? change(item) : item)) };
}

function mapField(object: JsonObject, field: string, change: (value: JsonObject) => JsonObject): JsonObject {
  const value = object[field];
  return isObject(value) ? { ...object, [field]: change(value) } : object;
}

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** Defaults of every pod spec, also of those in templates. */
export function podSpecDefaults(spec: JsonObject): JsonObject {
  let result = filled(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    securityContext: {},
  });
  // the older name of the same field
  if (result.serviceAccountName) result = { ...result, serviceAccount: result.serviceAccountName };
  for (const list of containerLists) result = mapList(result, list, containerDefaults);
  return mapList(result, 'volumes', volumeDefaults);
}

function containerDefaults(container: JsonObject): JsonObject {
  let result = filled(container, {
    imagePullPolicy: tagOf(textOf(container.image)) === 'latest' ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  });
  result = mapField(result, 'resources', (resources) => {
    const lists: Record<string, unknown> = { ...resources };
    for (const list of ['limits', 'requests']) if (resources[list]) lists[list] = canonicalQuantities(resources[list]);
    return lists;
  });
  result = mapList(result, 'ports', (port) => filled(port, { protocol: 'TCP' }));
  result = mapList(result, 'env', (variable) => mapField(variable, 'valueFrom', withFieldVersion));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    result = mapField(result, probe, probeDefaults);
  return mapField(result, 'lifecycle', (lifecycle) =>
    mapField(mapField(lifecycle, 'postStart', httpDefaults), 'preStop', httpDefaults),
  );
}

/** The tag of an image; `latest` where it names neither tag nor digest. */
function tagOf(image: string): string {
  if (image.includes('@')) return '';
  const last = image.slice(image.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon < 0 ? 'latest' : last.slice(colon + 1);
}

const withFieldVersion = (source: JsonObject): JsonObject =>
  mapField(source, 'fieldRef', (reference) => filled(reference, { apiVersion: 'v1' }));

const probeNumbers = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

function probeDefaults(probe: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...probe };
  for (const [field, value] of Object.entries(probeNumbers)) if (!result[field]) result[field] = value;
  return httpDefaults(mapField(result, 'grpc', (grpc) => filled(grpc, { service: '' })));
}

const httpDefaults = (handler: JsonObject): JsonObject =>
  mapField(handler, 'httpGet', (get) => filled(get, { path: '/', scheme: 'HTTP' }));

/** 0644, for files of volumes. */
const mode = { defaultMode: 420 };

function volumeDefaults(volume: JsonObject): JsonObject {
  if (Object.keys(volume).length <= 1) return { ...volume, emptyDir: {} };
  let result = volume;
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected'])
    result = mapField(result, source, (value) => filled(value, mode));
  result = mapField(result, 'hostPath', (path) => (path.type === undefined ? { ...path, type: '' } : path));
  const items = (value: JsonObject) => mapList(value, 'items', withFieldVersion);
  result = mapField(result, 'downwardAPI', items);
  return mapField(result, 'projected', (projected) =>
    mapList(projected, 'sources', (source) =>
      mapField(mapField(source, 'downwardAPI', items), 'serviceAccountToken', (token) =>
        filled(token, { expirationSeconds: 3600 }),
      ),
    ),
  );
}

/** A pod template with its defaults. */
export const templateDefaults = (template: JsonObject): JsonObject => mapField(template, 'spec', podSpecDefaults);

/** Defaults of pods themselves, with those that the server's usual admission plugins add. */
export function podDefaults(pod: Item): Item {
  const spec = podSpecDefaults(objectAt(pod.spec));
  let result = filled(spec, { enableServiceLinks: true, priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  for (const list of containerLists.slice(0, 2)) result = mapList(result, list, requestsFromLimits);
  return { ...pod, spec: withNodeTolerations(result) };
}

function requestsFromLimits(container: JsonObject): JsonObject {
  return mapField(container, 'resources', (resources) =>
    isObject(resources.limits)
      ? { ...resources, requests: filled(objectAt(resources.requests), resources.limits) }
      : resources,
  );
}

/** Pods stay five minutes on a node that is not ready or does not answer, unless they say otherwise. */
function withNodeTolerations(spec: JsonObject): JsonObject {
  const tolerations = listOf(spec.tolerations);
  const tolerates = (key: string) =>
    tolerations.some((toleration) => {
      const { key: own, effect } = objectAt(toleration);
      return (own === key || !own) && (effect === 'NoExecute' || !effect);
    });
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !tolerates(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  return added.length === 0 ? spec : { ...spec, tolerations: [...tolerations, ...added] };
}
