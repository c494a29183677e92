import { InternalError } from '../../../cluster/errors.js';
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
    throw new InternalError(`Unknown patch type found: ${shown(directive)}`);
  const result: Record<string, unknown> = { ...retained(before, patch) };
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(deleteFrom)) {
      const list = field.slice(deleteFrom.length);
      const gone = listOf(value);
      if (Array.isArray(result[list])) result[list] = listOf(result[list]).filter((item) => !gone.includes(item));
    } else if (!field.startsWith('$') && value === null) delete result[field];
    else if (!field.startsWith('$') && value !== undefined) result[field] = mergeField(field, result[field], value);
  }
  for (const [field, order] of Object.entries(patch)) {
    if (!field.startsWith(orderOf)) continue;
    const list = field.slice(orderOf.length);
    if (Array.isArray(result[list]))
      result[list] = arranged(listOf(result[list]), listOf(order), listOf(before[list]), mergeKeys[list]);
  }
  return result;
}

function mergeField(field: string, before: unknown, value: unknown): unknown {
  if (!Array.isArray(value)) return applyStrategicPatch(before, value);
  const present = listOf(before);
  if (sets.has(field)) {
    const both = [...new Set([...present, ...value])];
    return arranged(both, value, present, undefined);
  }
  const key = mergeKeys[field];
  if (key === undefined || !value.every(isObject)) return value.map((item) => withoutDirectives(item));
  const merged = mergeList(present, value, key);
  return value.some((item) => item.$patch === 'replace') ? merged : arranged(merged, value, present, key);
}

function mergeList(before: readonly unknown[], patch: readonly JsonObject[], key: string): readonly unknown[] {
  if (patch.some((item) => item.$patch === 'replace' && item[key] === undefined))
    return patch.filter((item) => item.$patch === undefined);
  let list: readonly unknown[] = before;
  for (const item of patch) {
    if (item[key] === undefined)
      throw new InternalError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
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

/**
 * The order that the server gives a merged list: what `order` names in that order, the rest as it was before, and where
 * both meet, what stood first before; what is new comes before what it was not compared with.
 */
function arranged(
  list: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  key: string | undefined,
): readonly unknown[] {
  const place = (items: readonly unknown[], item: unknown) =>
    items.findIndex((other) =>
      key === undefined ? other === item : isObject(other) && isObject(item) && equal(other[key], item[key]),
    );
  const named = list.filter((item) => place(order, item) >= 0).sort((a, b) => place(order, a) - place(order, b));
  const rest = list.filter((item) => place(order, item) < 0).sort((a, b) => place(before, a) - place(before, b));
  const result: unknown[] = [];
  while (named.length > 0 && rest.length > 0) {
    const [left, right] = [place(before, rest[0]), place(before, named[0])];
    result.push(left >= 0 && right >= 0 && left < right ? rest.shift() : named.shift());
  }
  return [...result, ...rest, ...named];
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
