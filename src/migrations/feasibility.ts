import { type ContainerMigrationSpec, mostMoved } from '../api/container-migration.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { labels, states } from '../api/names.js';
import { held, heldKey, roomFor, rulesFor } from '../claims/index.js';
import type { CallOptions, Cluster } from '../cluster/cluster.js';
import type { Instant } from '../support/time.js';
import { planMoves } from './plan.js';
import { EndReader } from './read.js';
import { refusalOf } from './refusals.js';
import type { End } from './workloads.js';

export interface Feasibility {
  /** How many containers could be moved now. */
  readonly possible: number;
  /** Why no more, in a sentence, field by field where containers differ. */
  readonly objection: string | undefined;
}

/** Whether a migration could be done now, without doing any of it: what `--dry-run` prints and a matrix of all pairs asks. */
export async function feasibility(
  cluster: Cluster,
  namespace: string,
  spec: Pick<ContainerMigrationSpec, 'from' | 'to' | 'count' | 'order' | 'tenant'>,
  now: Instant,
  options: CallOptions = {},
): Promise<Feasibility> {
  const refusal = refusalOf(spec);
  if (refusal !== undefined) return { possible: 0, objection: refusal };
  const reader = new EndReader(cluster, namespace, options);
  const [from, to] = [await reader.read(spec.from, now), await reader.read(spec.to, now)];
  for (const end of [from, to]) if (end.kind === 'absent') return { possible: 0, objection: end.message };
  if (from.kind === 'absent' || to.kind === 'absent') return { possible: 0, objection: undefined };
  const quota = await quotaOf(cluster, from, to, options);
  const { moves, objection } = planMoves({
    from,
    to,
    spec,
    most: spec.count ?? mostMoved,
    isTaken: () => false,
    quota,
  });
  return { possible: moves.length, objection };
}

/** How many of the pool's containers the claim's tenant may still get. */
async function quotaOf(cluster: Cluster, from: End, to: End, options: CallOptions): Promise<number> {
  if (from.kind !== 'ContainerPool' || to.kind !== 'ContainerClaim') return Infinity;
  const { metadata, spec } = from.pool;
  const { tenant } = to.claim.spec;
  if (rulesFor(spec, tenant).maxContainers === Infinity) return Infinity;
  const query = {
    namespace: metadata.namespace,
    labels: `${labels.pool}=${metadata.name},${labels.state}=${states.delivered}`,
  };
  const { items } = await cluster.list(Pod, query, options);
  const key = heldKey(keyOf(nameOf(from.pool)), tenant);
  return roomFor(spec, tenant, items.filter((pod) => held(pod).includes(key)).length);
}
