import type { DeepReadonly } from '../../support/readonly.js';
import type { DraftMetadata, Metadata } from './metadata.js';

/** Any object of the Kubernetes API, as the server gives it. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

type Envelope = 'apiVersion' | 'kind' | 'metadata';

/** A type of `kubernetes-types` as we read it: deeply readonly, with the metadata that the server fills in. */
export type ResourceOf<Wire> = DeepReadonly<Omit<Wire, Envelope>> & Resource;

/** An object that is about to be created: its kind supplies apiVersion and kind, the server the rest of the metadata. */
export type Draft<T extends Resource> = Omit<T, Envelope> & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: DraftMetadata;
};

/** What names an object within its kind. */
export interface Ref {
  readonly namespace?: string;
  readonly name: string;
}

/** `namespace/name`, or `name` for what has no namespace: the key of caches and queues. */
export type Key = string;

export function keyOf({ namespace, name }: Ref): Key {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function refOf(key: Key): Ref {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Empty for what has no namespace. */
export const namespaceOf = (key: Key): string => key.slice(0, Math.max(0, key.indexOf('/')));

export function nameOf({ metadata: { namespace, name } }: { readonly metadata: Ref }): Ref {
  return namespace === undefined ? { name } : { namespace, name };
}
