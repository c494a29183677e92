/** What must hold although some containers cannot be deleted, once all other faults are over: they hold up nothing else. */
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, states } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { isTrue } from '../../src/runtime/conditions.js';
import { mainOf } from './foreign.js';
import { namespace } from './scenario.js';
import { type Violation, violation } from './violation.js';
import { exitCodeOf, numberOf, recordedIn } from './work.js';

const rule = 'holds up nothing else';

/** @param isDenied whether the pod of this name cannot be deleted */
export async function checkBeside(cluster: Cluster, isDenied: (pod: string) => boolean): Promise<readonly Violation[]> {
  const [pods, claims, pools] = await Promise.all([
    cluster.list(Pod, { namespace }),
    cluster.list(ContainerClaim, { namespace }),
    cluster.list(ContainerPool, { namespace }),
  ]);
  const free = pods.items.filter(({ metadata }) => !isDenied(metadata.name));
  return [
    ...pools.items.flatMap((pool) => checkPool(pool, pods.items, isDenied)),
    ...claims.items.flatMap((claim) => checkClaim(claim, pods.items, free)),
  ];
}

function checkPool(
  { metadata: { name }, spec, status }: ContainerPool,
  pods: readonly Pod[],
  isDenied: (pod: string) => boolean,
): readonly Violation[] {
  const image = spec.template?.spec?.containers[0]?.image;
  const stock = pods.filter(
    ({ metadata }) => metadata.labels?.[labels.pool] === name && metadata.labels[labels.state] === states.stocked,
  );
  const isFresh = (pod: Pod) => mainOf(pod)?.image === image && isReady(pod);
  const fresh = stock.filter(isFresh).length;
  const spoilt = stock.filter((pod) => !isFresh(pod) && !isDenied(pod.metadata.name)).length;
  if (fresh < spec.replicas || spoilt > 0)
    return [violation(rule, `pool ${name} has ${fresh} of ${spec.replicas} ready, and ${spoilt} that could go`, name)];
  const denied = stock.length - fresh > 0;
  const degraded = isTrue(status?.conditions, 'Degraded');
  return denied && !degraded ? [violation(rule, `pool ${name} does not say what it cannot delete`, name)] : [];
}

function checkClaim(claim: ContainerClaim, pods: readonly Pod[], free: readonly Pod[]): readonly Violation[] {
  const { name, uid } = claim.metadata;
  if (!isTrue(claim.status?.conditions, 'Finished')) return [];
  const isOurs = ({ metadata }: Pod) => metadata.annotations?.[annotations.claimUid] === uid;
  // what has done its work stays until the claim goes
  const isHeld = (pod: Pod) => isOurs(pod) && exitCodeOf(pod) === undefined;
  const [all, left] = [pods.filter(isHeld).length, free.filter(isHeld).length];
  const done = new Set([
    ...recordedIn(claim),
    ...pods.filter((pod) => isOurs(pod) && exitCodeOf(pod) === 0).map(numberOf),
  ]);
  if (left > 0) return [violation(rule, `claim ${name} has finished and holds ${left} that could go`, name)];
  const said = claim.status?.allocated ?? 0;
  if (said !== all + done.size)
    return [violation(rule, `claim ${name} has finished, holds ${all}, ${done.size} done, and says ${said}`, name)];
  return all > 0 && !isTrue(claim.status?.conditions, 'Degraded')
    ? [violation(rule, `claim ${name} does not say what it cannot delete`, name)]
    : [];
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
