import { BadRequest } from '../../../cluster/errors.js';
import { equal, isObject, type JsonObject, listOf, shown } from '../json.js';

/** The lists that are merged item by item, and the field that tells their items apart (`patchMergeKey` in Go's types). */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  secrets: 'name',
  schedulingGates: 'name',
  resourceClaims: 'name',
  resourceClaimStatuses: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  conditions: 'type',
  addresses: 'type',
  ownerReferences: 'uid',
  podIPs: 'ip',
  hostIPs: 'ip',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

/** Lists of plain values that are merged as sets. */
const sets = new Set(['finalizers', 'podCIDRs']);

const orderOf = '$setElementOrder/';
const deleteFrom = '$deleteFromPrimitiveList/';

/**
 * A strategic merge patch of a built-in kind: as a merge patch, but the lists above are merged by their keys, and the
 * directives `$patch`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList` are obeyed.
 */
export function applyStrategicPatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const before: JsonObject = isObject(target) ? target : {};
  const directive = patch.$patch;
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new BadRequest(`Unknown patch type found: ${shown(directive)}`);
  const result: Record<string, unknown> = { ...retained(before, patch) };
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(deleteFrom)) {
      const list = field.slice(deleteFrom.length);
      const gone = listOf(value);
      if (Array.isArray(result[list])) result[list] = listOf(result[list]).filter((item) => !gone.includes(item));
    } else if (!field.startsWith('$') && value === null) delete result[field];
    else if (!field.startsWith('$') && value !== undefined) result[field] = mergeField(field, result[field], value);
  }
  for (const [field, order] of Object.entries(patch))
    if (field.startsWith(orderOf)) reorder(result, field.slice(orderOf.length), listOf(order));
  return result;
}

function mergeField(field: string, before: unknown, value: unknown): unknown {
  if (!Array.isArray(value)) return applyStrategicPatch(before, value);
  const present = listOf(before);
  if (sets.has(field)) return [...present, ...value.filter((item) => !present.includes(item))];
  const key = mergeKeys[field];
  if (key === undefined || !value.every(isObject)) return value.map((item) => withoutDirectives(item));
  return mergeList(present, value, key);
}

function mergeList(before: readonly unknown[], patch: readonly JsonObject[], key: string): readonly unknown[] {
  if (patch.some((item) => item.$patch === 'replace' && item[key] === undefined))
    return patch.filter((item) => item.$patch === undefined);
  let list: readonly unknown[] = before;
  for (const item of patch) {
    if (item[key] === undefined)
      throw new BadRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const index = list.findIndex((present) => isObject(present) && equal(present[key], item[key]));
    if (item.$patch === 'delete') list = index < 0 ? list : list.toSpliced(index, 1);
    else if (index < 0) list = [...list, applyStrategicPatch({}, item)];
    else list = list.with(index, applyStrategicPatch(list[index], item));
  }
  return list;
}

/** With `$retainKeys` only the fields that it names survive. */
function retained(before: JsonObject, patch: JsonObject): JsonObject {
  if (!Array.isArray(patch.$retainKeys)) return before;
  const keys = patch.$retainKeys;
  return Object.fromEntries(Object.entries(before).filter(([field]) => keys.includes(field)));
}

/** Sorts a list as the patch's author saw it; items that they did not know keep their place among their neighbours. */
function reorder(result: Record<string, unknown>, field: string, order: readonly unknown[]): void {
  const list = result[field];
  if (!Array.isArray(list)) return;
  const key = mergeKeys[field];
  const rankOf = (item: unknown) =>
    order.findIndex((entry) =>
      key === undefined ? entry === item : isObject(entry) && isObject(item) && equal(entry[key], item[key]),
    );
  const known = list.filter((item) => rankOf(item) >= 0).sort((a, b) => rankOf(a) - rankOf(b));
  let next = 0;
  result[field] = list.map((item) => (rankOf(item) >= 0 ? known[next++] : item));
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field, part]) => !field.startsWith('$') && part !== null)
      .map(([field, part]) => [field, withoutDirectives(part)]),
  );
}
