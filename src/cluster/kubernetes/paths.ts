import { apiVersionOf, type Kind } from '../../api/meta/kind.js';
import type { Ref, Resource } from '../../api/meta/resource.js';
import type { ListQuery, WatchQuery, WriteOptions } from '../cluster.js';
import { BadRequest } from '../errors.js';

/** Where the server keeps the objects of a kind: `/api/v1/namespaces/shop/pods`. Without a namespace: those of all. */
export function collectionPath<T extends Resource>(kind: Kind<T>, namespace: string | undefined): string {
  const of = kind.below?.parent ?? kind;
  const root = of.group === '' ? `/api/${of.version}` : `/apis/${apiVersionOf(of)}`;
  const scope = of.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${of.plural}`;
}

/** Where the server keeps one object, or what lies below it. Throws BadRequest where a namespace is missing. */
export function objectPath<T extends Resource>(kind: Kind<T>, ref: Ref, subresource?: string): string {
  const below = kind.below?.path ?? subresource;
  return `${collectionPath(kind, namespaceFor(kind, ref.namespace))}/${encodeURIComponent(ref.name)}${below ? `/${below}` : ''}`;
}

/** The namespace of a call that is about one object. An empty name would silently mean another path: refused here. */
export function namespaceFor<T extends Resource>(kind: Kind<T>, namespace: string | undefined): string | undefined {
  if (kind.namespaced && !namespace) throw new BadRequest(`a ${kind.name} has a namespace, none was given`);
  return namespace;
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

const withParameters = (path: string, parameters: Parameters): string => {
  let text = '';
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) text += `${text ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
  return path + text;
};

export function listPath<T extends Resource>(kind: Kind<T>, query: ListQuery): string {
  return withParameters(collectionPath(kind, query.namespace), {
    labelSelector: query.labels,
    fieldSelector: query.fields,
    limit: query.limit,
    continue: query.continue,
    // a continue token carries its own mark; the server refuses both together
    resourceVersion: query.continue === undefined ? query.resourceVersion : undefined,
  });
}

export function watchPath<T extends Resource>(kind: Kind<T>, query: WatchQuery, timeoutSeconds: number): string {
  return withParameters(collectionPath(kind, query.namespace), {
    watch: true,
    allowWatchBookmarks: true,
    labelSelector: query.labels,
    fieldSelector: query.fields,
    resourceVersion: query.since,
    timeoutSeconds,
  });
}

export function writePath(path: string, options: WriteOptions): string {
  return withParameters(path, {
    fieldValidation: options.fieldValidation ?? 'Strict',
    dryRun: options.dryRun ? 'All' : undefined,
  });
}
