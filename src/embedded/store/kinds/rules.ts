import type { Kind } from '../../../api/meta/kind.js';
import type { Ref, Resource } from '../../../api/meta/resource.js';
import type { Cause } from '../../../cluster/errors.js';
import type { Shape } from '../decode.js';
import type { Item } from '../json.js';

export type Subresource = 'status' | 'resize' | 'ephemeralcontainers' | 'finalize' | undefined;

/** Where a kind keeps what its scale subresource shows: paths such as `['spec', 'replicas']`. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  /** A label selector, as text or as a `metav1.LabelSelector`. */
  readonly selector?: readonly string[];
}

/** Another object, if there is one. */
export type Find = (kind: Kind<Resource>, ref: Ref) => Item | undefined;

/** What one kind adds to the semantics that all kinds share. All functions are pure and keep what they do not change. */
export interface KindRules {
  readonly kind: Kind<Resource>;
  /** `custom`: defined by a CRD. */
  readonly origin: 'built-in' | 'custom';
  readonly versions: readonly string[];
  /** The fields that there are. */
  readonly shape: Shape;
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths;
  /** Beside `status`. */
  readonly subresources?: readonly Subresource[];
  /** Replacing an object without saying which version is refused. */
  readonly replaceNeedsVersion?: boolean;
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
  /** Throws for what an admission plugin of the server refuses, after looking at other objects. */
  admit?(object: Item, old: Item | undefined, subresource: Subresource, find: Find): void;
  /** Fields that a selector may name besides metadata.name and metadata.namespace. */
  readonly fields?: Readonly<Record<string, (object: Item) => string>>;
  /** Whether a pending delete waits for something else than finalizers in metadata. */
  holdsDeletion?(object: Item): boolean;
  /** What such a pending delete changes beside deletionTimestamp. */
  prepareDelete?(object: Item): Item;
}

/** What the schema of a CRD says of its kind, beside the rules that all kinds share. */
export interface Admission {
  defaults?(object: Item): Item;
  validate?(object: Item, old: Item | undefined): readonly Cause[];
}
