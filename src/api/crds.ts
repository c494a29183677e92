import { fingerprint } from '../support/digest.js';
import type { Definition } from './definition.js';
import { definitions } from './definitions.js';
import type { CustomResourceDefinition } from './kubernetes.js';
import { longestName } from './meta/object-metadata.js';
import type { Draft } from './meta/resource.js';
import { celOf, validationsKey } from './schema/rule.js';
import type { StructuralSchema } from './schema/structural.js';

/** By these annotations of a CRD a program tells whether it is the one that it was written for. */
export const schemaAnnotations = {
  /** The fingerprint of the CRD's spec. */
  fingerprint: 'penstock.dev/schema',
  /** Grows with every released change, so that older and newer can be told. */
  revision: 'penstock.dev/schema-revision',
} as const;

/** Raise it with the first change after a release. */
const schemaRevision = 1;

export type CrdDraft = Draft<CustomResourceDefinition>;

function crdOf(definition: Definition): CrdDraft {
  const { kind, shortName } = definition;
  const spec = {
    group: kind.group,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    names: {
      kind: kind.name,
      listKind: `${kind.name}List`,
      plural: kind.plural,
      singular: kind.name.toLowerCase(),
      shortNames: [shortName],
      categories: ['penstock'],
    },
    versions: [versionOf(definition)],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: { 'app.kubernetes.io/name': 'penstock', 'app.kubernetes.io/part-of': 'penstock' },
      annotations: {
        [schemaAnnotations.fingerprint]: fingerprint(spec),
        [schemaAnnotations.revision]: String(schemaRevision),
      },
    },
    spec,
  };
}

function versionOf(definition: Definition) {
  const { kind, columns, scale } = definition;
  return {
    name: kind.version,
    served: true,
    storage: true,
    additionalPrinterColumns: columns.map(({ name, type, path, about, wide }) => ({
      name,
      type,
      jsonPath: path,
      description: about,
      ...(wide && { priority: 1 }),
    })),
    subresources: {
      status: {},
      ...(scale && {
        scale: {
          specReplicasPath: scale.replicas,
          statusReplicasPath: scale.ready,
          labelSelectorPath: scale.selector,
        },
      }),
    },
    schema: { openAPIV3Schema: rootSchema(definition) },
  };
}

/** The API server knows the rest of the object's metadata itself; transitions stand beside the rules of their field. */
function rootSchema({ structural, about, transitions }: Definition): StructuralSchema {
  const properties = { ...structural.properties };
  for (const { field, rule, message, reason } of transitions) {
    const at = properties[field];
    const added = celOf({ rule, message, reason });
    properties[field] = { ...at, [validationsKey]: [...(at?.[validationsKey] ?? []), added] };
  }
  const { spec = {}, status = {} } = properties;
  const metadata = { type: 'object', properties: { name: { type: 'string', maxLength: longestName } } } as const;
  return { ...structural, description: about, required: ['spec'], properties: { metadata, spec, status } };
}

/** Of the CRDs of all kinds, in the order of `definitions`. */
export const customResourceDefinitions: readonly CrdDraft[] = definitions.map(crdOf);
