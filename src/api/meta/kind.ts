import type { OwnerReference } from './metadata.js';
import type { Resource } from './resource.js';

/** A kind is a value; it carries the type of its objects, so calls need no casts and no string paths. */
export interface Kind<T extends Resource> {
  /** The API group; `''` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** As in `kind:`, such as `Pod`. */
  readonly name: string;
  readonly namespaced: boolean;
  /** For types that are posted to another object, such as a Binding: that object's kind and the path below it. */
  readonly below?: { readonly parent: Kind<Resource>; readonly path: string };
  /** Never set: makes two kinds of different objects different types. */
  readonly object?: T;
}

export function kind<T extends Resource>(definition: Omit<Kind<T>, 'object'>): Kind<T> {
  return definition;
}

export function apiVersionOf({ group, version }: Pick<Kind<Resource>, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The reference that makes `owner` the controller of another object. */
export function controllerReference<T extends Resource>(of: Kind<T>, owner: T): OwnerReference {
  return {
    apiVersion: apiVersionOf(of),
    kind: of.name,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The owner that controls an object, if any. */
export function controllerOf(object: Pick<Resource, 'metadata'>): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}
