import type { Cause } from '../../../cluster/errors.js';
import { equal, isObject, type Item, type JsonObject, listOf, objectAt, textOf } from '../json.js';
import { forbiddenField, immutable, required, wrong } from '../refusals.js';

/** Which parts of a pod its writers may change (`ValidatePodUpdate` of Kubernetes). The spec as a whole is validated too. */

const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

const longest = 2 ** 31 - 1;

export function podUpdateCauses(pod: Item, old: Item): readonly Cause[] {
  const spec = objectAt(pod.spec);
  const before = objectAt(old.spec);
  if (spec === before) return [];
  for (const list of ['containers', 'initContainers'])
    if (listOf(spec[list]).length !== listOf(before[list]).length)
      return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
  const causes = [
    ...imageCauses(spec, 'containers'),
    ...imageCauses(spec, 'initContainers'),
    ...deadlineCauses(spec.activeDeadlineSeconds, before.activeDeadlineSeconds),
    ...addedTolerationCauses(spec, before),
    ...gateCauses(listOf(spec.schedulingGates), listOf(before.schedulingGates)),
  ];
  const { spec: rest, causes: gated } = withoutGatedChanges(withoutUpdatable(spec, before), before);
  const changed = [...new Set([...Object.keys(rest), ...Object.keys(before)])].filter(
    (field) => !equal(rest[field], before[field]),
  );
  if (changed.length > 0)
    causes.push(
      forbiddenField(
        'spec',
        `pod updates may not change fields other than ${updatable}\nchanged: ${changed.join(', ')}`,
      ),
    );
  return [...causes, ...gated];
}

function imageCauses(spec: JsonObject, list: string): readonly Cause[] {
  return listOf(spec[list]).flatMap((container, index) => {
    const image = textOf(objectAt(container).image);
    const field = `spec.${list}[${index}].image`;
    if (image === '') return [required(field)];
    return image.trim() === image ? [] : [wrong(field, image, 'must not have leading or trailing whitespace')];
  });
}

function deadlineCauses(deadline: unknown, before: unknown): readonly Cause[] {
  const field = 'spec.activeDeadlineSeconds';
  if (deadline === before) return [];
  if (typeof deadline !== 'number') return [wrong(field, null, 'must not update from a positive integer to nil value')];
  if (deadline < 0 || deadline > longest)
    return [wrong(field, deadline, `must be between 0 and ${longest}, inclusive`)];
  if (typeof before === 'number' && before < deadline)
    return [wrong(field, deadline, 'must be less than or equal to previous value')];
  return [];
}

function addedTolerationCauses(spec: JsonObject, before: JsonObject): readonly Cause[] {
  if (spec.tolerations === before.tolerations) return [];
  const tolerations = listOf(spec.tolerations);
  const field = 'spec.tolerations';
  const kept = listOf(before.tolerations).every((old) =>
    tolerations.some((toleration) => equal(withoutSeconds(toleration), withoutSeconds(old))),
  );
  return kept ? [] : [forbiddenField(field, 'existing toleration can not be modified except its tolerationSeconds')];
}

function withoutSeconds(toleration: unknown): JsonObject {
  const { tolerationSeconds: _seconds, ...rest } = objectAt(toleration);
  return rest;
}

function gateCauses(gates: readonly unknown[], before: readonly unknown[]): readonly Cause[] {
  const known = before.map((gate) => objectAt(gate).name);
  return gates.flatMap((gate, index) => {
    const name = textOf(objectAt(gate).name);
    return known.includes(name)
      ? []
      : [
          forbiddenField(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ];
  });
}

/** The spec with everything that may change put back. */
function withoutUpdatable(spec: JsonObject, before: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...spec };
  const putBack = (field: string) => {
    if (before[field] === undefined) delete result[field];
    else result[field] = before[field];
  };
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']) putBack(field);
  const grace = before.terminationGracePeriodSeconds;
  if (typeof grace === 'number' && grace < 0 && spec.terminationGracePeriodSeconds === 1)
    putBack('terminationGracePeriodSeconds');
  for (const list of ['containers', 'initContainers'])
    if (Array.isArray(spec[list]))
      result[list] = spec[list].map((container, index) =>
        isObject(container) ? { ...container, image: objectAt(listOf(before[list])[index]).image } : container,
      );
  return result;
}

/** A pod that waits behind a gate may still be steered: its node selector may grow. */
function withoutGatedChanges(spec: JsonObject, before: JsonObject): { spec: JsonObject; causes: readonly Cause[] } {
  if (listOf(before.schedulingGates).length === 0 || equal(spec.nodeSelector, before.nodeSelector))
    return { spec, causes: [] };
  const selector = objectAt(spec.nodeSelector);
  const kept = Object.entries(objectAt(before.nodeSelector)).every(([key, value]) => selector[key] === value);
  const { nodeSelector: _changed, ...rest } = spec;
  return {
    spec: before.nodeSelector === undefined ? rest : { ...rest, nodeSelector: before.nodeSelector },
    causes: kept
      ? []
      : [immutable('spec.nodeSelector', spec.nodeSelector)].map((cause) => ({
          ...cause,
          message: `${cause.message.replace('field is immutable', 'only additions to spec.nodeSelector are allowed (no mutations or deletions)')}`,
        })),
  };
}
