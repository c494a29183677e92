import type { Kind } from '../../../api/meta/kind.js';
import type { Resource } from '../../../api/meta/resource.js';
import type { Cause } from '../../../cluster/errors.js';
import type { Item } from '../json.js';

export type Subresource = 'status' | 'resize' | 'ephemeralcontainers' | 'finalize' | undefined;

/** Where a kind keeps what its scale subresource shows: paths such as `['spec', 'replicas']`. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  /** A label selector, as text or as a `metav1.LabelSelector`. */
  readonly selector?: readonly string[];
}

/** What one kind adds to the semantics that all kinds share. All functions are pure and keep what they do not change. */
export interface KindRules {
  readonly kind: Kind<Resource>;
  /** `custom`: defined by a CRD. */
  readonly origin: 'built-in' | 'custom';
  readonly versions: readonly string[];
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths;
  /** Whether `metadata.generation` counts the changes of the spec. */
  readonly generation: boolean;
  /** `label`: DNS-1123 labels, such as namespaces; `subdomain`: what most kinds take; `path`: whatever fits a URL. */
  readonly names: 'label' | 'subdomain' | 'path';
  /** Sets what a new object starts with and drops what its author may not say. After that `defaults` is applied. */
  prepareCreate?(object: Item): Item;
  /** Puts back what a write to this subresource may not touch; the rest of metadata and status is the store's. */
  prepareUpdate?(object: Item, old: Item, subresource: Subresource): Item;
  defaults?(object: Item): Item;
  validate?(object: Item, old: Item | undefined, subresource: Subresource): readonly Cause[];
  /** Fields that a selector may name besides metadata.name and metadata.namespace. */
  readonly fields?: Readonly<Record<string, (object: Item) => string>>;
  /** Whether a pending delete waits for something else than finalizers in metadata. */
  holdsDeletion?(object: Item): boolean;
  /** What such a pending delete changes beside deletionTimestamp. */
  prepareDelete?(object: Item): Item;
}

/** What a caller adds to a kind that this store knows nothing about: the rules that its CRD's schema states. */
export interface Admission {
  defaults?(object: Item): Item;
  validate?(object: Item, old: Item | undefined): readonly Cause[];
}
