import { z } from 'zod';
import type { Column } from './columns.js';
import { apiVersionOf, type Kind } from './meta/kind.js';
import { objectMetadata } from './meta/object-metadata.js';
import type { Resource } from './meta/resource.js';
import type { Transition } from './schema/rule.js';
import { type StructuralSchema, structural } from './schema/structural.js';

/** Everything that is known of a kind of ours: what validates it, and what its CRD says. */
export interface Definition {
  readonly kind: Kind<Resource>;
  readonly about: string;
  readonly shortName: string;
  readonly columns: readonly Column[];
  /** Paths of the `scale` subresource. */
  readonly scale?: { readonly replicas: string; readonly ready: string; readonly selector: string };
  readonly transitions: readonly Transition[];
  /** Of the whole object. */
  readonly schema: z.ZodType;
  /** The same as a structural schema. */
  readonly structural: StructuralSchema;
}

type Given = Omit<Definition, 'schema' | 'structural'> & { readonly spec: z.ZodType; readonly status: z.ZodType };

export function define({ spec, status, ...given }: Given): Definition {
  const schema = z.strictObject({
    apiVersion: z.literal(apiVersionOf(given.kind)),
    kind: z.literal(given.kind.name),
    metadata: objectMetadata,
    spec: spec.describe('What is wanted.'),
    status: status.optional().describe('What there is; the operator writes it.'),
  });
  return { ...given, schema, structural: structural(schema) };
}
