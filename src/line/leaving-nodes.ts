import { Node, type Pod } from '../api/kubernetes.js';
import type { Cache, IndexFunction, Manager } from '../runtime/index.js';
import { leavingReason } from '../scheduling/index.js';

const byLeaving = 'leaving';
const everywhere = 'true';

const leaving: IndexFunction<Node> = (node) => (leavingReason(node) === undefined ? [] : [everywhere]);

/**
 * The nodes whose pods have to go. All nodes are watched for that, and of each only what says so is kept: they are large. An operator
 * that may not watch nodes knows of none, and leaves what is on them to who empties them.
 */
export class LeavingNodes {
  constructor(private readonly cache: Pick<Cache, 'byIndex'>) {}

  /** Why each has to be empty, by its name: `leavingReason`. */
  get reasons(): ReadonlyMap<string, string> {
    return new Map([...this.#nodes].map(([name, node]) => [name, leavingReason(node) ?? '']));
  }

  has({ spec }: Pod): boolean {
    return spec?.nodeName !== undefined && this.#nodes.has(spec.nodeName);
  }

  get #nodes(): ReadonlyMap<string, Node> {
    return this.cache.byIndex(Node, byLeaving, everywhere);
  }
}

/** Has a manager watch nodes for that. Before its start. */
export function watchLeavingNodes(manager: Manager): LeavingNodes {
  manager.index(Node, byLeaving, leaving);
  manager.trim(Node, trimmed);
  manager.allowForbidden(Node);
  return new LeavingNodes(manager.cache);
}

/** Whether pods have to go from a node that were to stay, or the other way round. */
export const leavesOtherwise = (old: Node | undefined, node: Node | undefined): boolean =>
  (old && leavingReason(old)) !== (node && leavingReason(node));

function trimmed({ apiVersion, kind, metadata, spec, status }: Node): Node {
  const { name, uid, resourceVersion, creationTimestamp } = metadata;
  const { unschedulable, taints } = spec ?? {};
  const conditions = status?.conditions?.filter(({ status: is }) => is === 'True');
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, creationTimestamp },
    spec: { ...(unschedulable && { unschedulable }), ...(taints && { taints }) },
    ...(conditions && { status: { conditions } }),
  };
}
