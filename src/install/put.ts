import { CustomResourceDefinition } from '../api/kubernetes.js';
import type { Draft, Ref, Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { AlreadyExists, Conflict, NotFound } from '../cluster/errors.js';
import { canonicalJson } from '../support/digest.js';
import { unlessGone } from './gone.js';
import { partOf } from './names.js';
import type { Part } from './part.js';

type Change = 'created' | 'updated' | 'unchanged' | 'deleted';

export interface PartChange {
  /** As kubectl writes it: `deployment.apps/penstock-operator`. */
  readonly name: string;
  readonly change: Change;
}

const tries = 5;

/** Makes one object of the cluster what the part says. Who else writes it at the same time is waited for, a few times. */
export async function put(
  cluster: Cluster,
  { kind, object }: Part,
  dryRun: 'dry-run' | 'for good',
): Promise<PartChange> {
  const name = nameOfPart({ kind, object });
  const options = { dryRun: dryRun === 'dry-run' };
  for (let attempt = 1; ; attempt++) {
    const there = await find(cluster, { kind, object });
    try {
      if (!there) {
        await cluster.create(kind, object, options);
        return { name, change: 'created' };
      }
      const after = await cluster.replace(kind, merged(there, object), options);
      return { name, change: content(after) === content(there) ? 'unchanged' : 'updated' };
    } catch (error) {
      // into a namespace that a dry run has not created either
      if (options.dryRun && !there && error instanceof NotFound) return { name, change: 'created' };
      const raced = error instanceof Conflict || error instanceof AlreadyExists || error instanceof NotFound;
      if (!raced || attempt === tries) throw error;
    }
  }
}

/** Deletes the object of a part, if the cluster has it and it is ours. */
export async function takeAway(
  cluster: Cluster,
  { kind, object }: Part,
  dryRun: 'dry-run' | 'for good',
): Promise<PartChange | undefined> {
  const there = await find(cluster, { kind, object });
  if (!there || !isOurs(there)) return undefined;
  if (dryRun === 'for good') await unlessGone(cluster.remove(kind, refOfPart(object)));
  return { name: nameOfPart({ kind, object }), change: 'deleted' };
}

/** What bears the name of a part but not our label is somebody else's. */
export const isOurs = ({ metadata }: Resource): boolean =>
  metadata.labels?.['app.kubernetes.io/part-of'] === partOf['app.kubernetes.io/part-of'];

/** The object of a part as the cluster has it; nothing where it has none. */
export async function find(cluster: Cluster, { kind, object }: Part): Promise<Resource | undefined> {
  return cluster.get(kind, refOfPart(object)).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    return undefined;
  });
}

export function refOfPart({ metadata: { namespace, name = '' } }: Draft<Resource>): Ref {
  return namespace === undefined ? { name } : { namespace, name };
}

export function nameOfPart({ kind, object }: Pick<Part, 'kind' | 'object'>): string {
  const type = kind.group === '' ? kind.name : `${kind.name}.${kind.group}`;
  return `${type.toLowerCase()}/${object.metadata.name}`;
}

export const isDefinition = ({ kind }: Part): boolean => kind.name === CustomResourceDefinition.name;

/** Ours, with what others have added to its metadata. */
function merged(there: Resource, { metadata, ...wanted }: Draft<Resource>): Resource {
  return {
    ...there,
    ...wanted,
    metadata: {
      ...there.metadata,
      labels: { ...there.metadata.labels, ...metadata.labels },
      annotations: { ...there.metadata.annotations, ...metadata.annotations },
    },
    apiVersion: there.apiVersion,
    kind: there.kind,
  };
}

/** What a write can change: not the marks that the server makes while it does. */
function content({ metadata, ...rest }: Resource): string {
  const { resourceVersion: _version, generation: _generation, managedFields: _fields, ...own } = metadata;
  return canonicalJson({ ...rest, status: undefined, metadata: own });
}
