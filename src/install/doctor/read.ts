/** Reads what an examination needs, as far as the asker may see it: of the whole cluster, else of one namespace. */
import { SelfSubjectAccessReview, SubjectAccessReview } from '../../api/administration.js';
import { Lease, Node, Pod } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Cluster, Query } from '../../cluster/cluster.js';
import type { Clock } from '../../support/clock.js';
import { second } from '../../support/time.js';
import { leaseName, serviceAccountUser } from '../names.js';
import type { Right } from '../rights/right.js';
import { isRenewed, type Watched } from './lease.js';
import type { Answer } from './rights.js';
import type { ServerView } from './server.js';
import { all, isSeen, look, type Sight } from './sight.js';

/** What the server tells that is no object of a kind. */
export type Document = (path: string) => Promise<unknown>;

/** The objects of all namespaces; those of `namespace` where that is all that may be seen. */
export async function widely<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  namespace: string,
  query: Query = {},
): Promise<Sight<readonly T[]>> {
  const everywhere = await look(() => all(cluster, kind, query));
  if (isSeen(everywhere)) return everywhere;
  const here = await look(() => all(cluster, kind, { ...query, namespace }));
  return isSeen(here) ? here : everywhere;
}

export async function readServer(
  cluster: Cluster,
  url: string,
  document: Document | undefined,
): Promise<ServerView | undefined> {
  if (!document) return undefined;
  const [version, resizes, nodes] = await Promise.all([
    look(async () => textOf(await document('/version'), 'gitVersion')),
    look(async () => {
      const resources = fieldOf(await document('/api/v1'), 'resources');
      return Array.isArray(resources) && resources.some((resource) => textOf(resource, 'name') === 'pods/resize');
    }),
    look(() => all(cluster, Node)),
  ]);
  return { url, version, resizes, nodes };
}

/** A leader renews its lease several times in this. */
const moment = 2 * second;

/** The leases of operators; one that does not look fresh is looked at twice, as our clock may be wrong. */
export async function readLeases(
  cluster: Cluster,
  clock: Clock,
  namespace: string,
): Promise<Sight<readonly Watched[]>> {
  const read = () => widely(cluster, Lease, namespace, { fields: `metadata.name=${leaseName}` });
  const first = await read();
  if (!isSeen(first)) return first;
  const watched = first.seen.map((lease): Watched => ({ lease, later: undefined }));
  const doubtful = watched.some((one) => one.lease.spec?.holderIdentity && !isRenewed(one, clock.now()));
  if (!doubtful) return { seen: watched };
  await clock.sleep(moment);
  const second = await read();
  const later = isSeen(second) ? second.seen : [];
  return {
    seen: watched.map(({ lease }) => ({
      lease,
      later: later.find(({ metadata }) => metadata.uid === lease.metadata.uid),
    })),
  };
}

/** Pods that wait for their start, of which some may wait at the gate. */
export const readPending = (cluster: Cluster, namespace: string): Promise<Sight<readonly Pod[]>> =>
  widely(cluster, Pod, namespace, { fields: 'status.phase=Pending' });

/** Asks the server whether the operator's service account may do what `rights` say; without a namespace, in all of them. */
export function askForOperator(
  cluster: Cluster,
  home: string,
  rights: readonly Right[],
  namespace?: string,
): Promise<readonly Answer[]> {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'];
  return askAll(rights, namespace, async (resourceAttributes) => {
    const spec = { user: serviceAccountUser(home), groups, resourceAttributes };
    const { status } = await cluster.create(SubjectAccessReview, { metadata: {}, spec });
    return status?.allowed === true;
  });
}

/** Asks the server whether the asker may; without a namespace, in all of them. */
export function askForOneself(
  cluster: Cluster,
  rights: readonly Right[],
  namespace?: string,
): Promise<readonly Answer[]> {
  return askAll(rights, namespace, async (resourceAttributes) => {
    const { status } = await cluster.create(SelfSubjectAccessReview, { metadata: {}, spec: { resourceAttributes } });
    return status?.allowed === true;
  });
}

interface Attributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly name?: string;
  readonly namespace?: string;
}

function askAll(
  rights: readonly Right[],
  namespace: string | undefined,
  ask: (attributes: Attributes) => Promise<boolean>,
): Promise<readonly Answer[]> {
  const questions = rights.flatMap((right) =>
    right.verbs.flatMap((verb) => (right.names ?? [undefined]).map((name) => ({ right, verb, name }))),
  );
  return Promise.all(
    questions.map(async ({ right, verb, name }) => {
      const [resource = '', subresource] = right.resource.split('/');
      const attributes = {
        group: right.group,
        resource,
        ...(subresource !== undefined && { subresource }),
        verb,
        ...(name !== undefined && { name }),
        ...(namespace !== undefined && { namespace }),
      };
      return { right, verb, allowed: await look(() => ask(attributes)) };
    }),
  );
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
}

function textOf(value: unknown, field: string): string | undefined {
  const text = fieldOf(value, field);
  return typeof text === 'string' ? text : undefined;
}
