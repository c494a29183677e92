import type { Cause } from '../../../cluster/errors.js';
import { type Item, type JsonObject, listOf, objectAt, textOf } from '../json.js';
import { required, wrong } from '../refusals.js';
import type { KindRules, ScalePaths } from './rules.js';
import { customShape } from './shapes.js';

/** The kind that a CustomResourceDefinition defines. Its schema's rules are added from outside (`Admission`). */
export function customKind(definition: Item): KindRules {
  const spec = objectAt(definition.spec);
  const names = objectAt(spec.names);
  const versions = listOf(spec.versions).map((version) => objectAt(version));
  const served = versions.filter((version) => version.served === true).map((version) => textOf(version.name));
  const stored = versions.find((version) => version.storage === true) ?? {};
  const subresources = objectAt(stored.subresources);
  return {
    kind: {
      group: textOf(spec.group),
      version: textOf(stored.name),
      plural: textOf(names.plural),
      name: textOf(names.kind),
      namespaced: spec.scope === 'Namespaced',
    },
    origin: 'custom',
    replaceNeedsVersion: true,
    versions: served,
    shape: customShape(objectAt(stored, 'schema').openAPIV3Schema),
    hasStatus: subresources.status !== undefined,
    ...(subresources.scale === undefined ? {} : { scale: scalePaths(objectAt(subresources.scale)) }),
    generation: true,
    names: 'subdomain',
    prepareCreate: subresources.status === undefined ? (object) => object : withoutStatus,
  };
}

function withoutStatus(object: Item): Item {
  const { status: _status, ...rest } = object;
  return rest;
}

const steps = (path: unknown): readonly string[] => textOf(path).split('.').filter(Boolean);

function scalePaths({ specReplicasPath, statusReplicasPath, labelSelectorPath }: JsonObject): ScalePaths {
  return {
    specReplicas: steps(specReplicasPath),
    statusReplicas: steps(statusReplicasPath),
    ...(labelSelectorPath === undefined ? {} : { selector: steps(labelSelectorPath) }),
  };
}

/** CustomResourceDefinitions themselves: accepted and established at once. */
export function definitionRules(base: KindRules): KindRules {
  return {
    ...base,
    generation: true,
    replaceNeedsVersion: true,
    prepareCreate: established,
    validate: definitionCauses,
  };
}

function established(definition: Item): Item {
  const { names, versions } = objectAt(definition.spec);
  const at = definition.metadata.creationTimestamp;
  const storedVersions = listOf(versions)
    .map((version) => objectAt(version))
    .filter((version) => version.storage === true)
    .map((version) => version.name);
  return {
    ...definition,
    status: {
      acceptedNames: { listKind: `${textOf(objectAt(names).kind)}List`, ...objectAt(names) },
      storedVersions,
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'True',
          lastTransitionTime: at,
          reason: 'NoConflicts',
          message: 'no conflicts found',
        },
        {
          type: 'Established',
          status: 'True',
          lastTransitionTime: at,
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ],
    },
  };
}

function definitionCauses(definition: Item): readonly Cause[] {
  const causes: Cause[] = [];
  const { group, names, scope, versions } = objectAt(definition.spec);
  const { plural, kind } = objectAt(names);
  if (textOf(group) === '') causes.push(required('spec.group'));
  if (textOf(plural) === '') causes.push(required('spec.names.plural'));
  if (textOf(kind) === '') causes.push(required('spec.names.kind'));
  if (textOf(scope) === '') causes.push(required('spec.scope'));
  const expected = `${textOf(plural)}.${textOf(group)}`;
  if (definition.metadata.name !== expected)
    causes.push(wrong('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  const stored = listOf(versions).filter((version) => objectAt(version).storage === true);
  if (stored.length !== 1)
    causes.push(wrong('spec.versions', versions, 'must have exactly one version marked as storage version'));
  return causes;
}
