/** What must hold when faults are over and everything has come to rest: the model of what users were promised. */
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { evictionRequestOf } from '../../src/api/eviction-request.js';
import { annotations, labels, states } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { simulation } from '../../src/embedded/nodes/index.js';
import { findCondition, isTrue } from '../../src/runtime/conditions.js';
import { parseDuration } from '../../src/support/time.js';
import { mainOf } from './foreign.js';
import { brokenImage } from './kubelet.js';
import { desiredOf, givenAway, hasItsImage, hasItsSize, lackOf, leastOf, promisedAt, promisedTo } from './promise.js';
import { isOver } from './safety.js';
import { namespace } from './scenario.js';
import { exitCodeOf, grantedIn, numberOf, recordedIn } from './work.js';
import { type Violation, violation } from './violation.js';

export async function checkEndState(cluster: Cluster): Promise<readonly Violation[]> {
  const [pods, claims, pools] = await Promise.all([
    cluster.list(Pod, { namespace }),
    cluster.list(ContainerClaim, { namespace }),
    cluster.list(ContainerPool, { namespace }),
  ]);
  const poolNamed = new Map(pools.items.map((pool) => [pool.metadata.name, pool]));
  return [
    ...pods.items.flatMap((pod) => checkPod(pod, claims.items, pools.items)),
    ...pools.items.flatMap((pool) => checkPool(pool, pods.items)),
    ...pods.items.flatMap((pod) => checkRequest(pod, claims.items, pools.items, pods.items)),
    ...claims.items.flatMap((claim) => checkClaim(claim, poolNamed.get(claim.spec.pool.name ?? ''), pods.items)),
  ];
}

const stateOf = (pod: Pod) => pod.metadata.labels?.[labels.state];
const isReady = (pod: Pod) => isTrue(pod.status?.conditions as ContainerClaimConditions, 'Ready');
type ContainerClaimConditions = NonNullable<ContainerClaim['status']>['conditions'];

function checkPod(pod: Pod, claims: readonly ContainerClaim[], pools: readonly ContainerPool[]): readonly Violation[] {
  const { name, deletionTimestamp, ownerReferences } = pod.metadata;
  if (deletionTimestamp !== undefined) return [violation('nothing lost', `pod ${name} is still terminating`, name)];
  const owners: readonly (ContainerClaim | ContainerPool)[] = stateOf(pod) === states.delivered ? claims : pools;
  const owner = owners.find(({ metadata }) => metadata.uid === ownerReferences?.[0]?.uid);
  if (!owner) return [violation('nothing lost', `pod ${name} (${stateOf(pod)}) is nobody's any more`, name)];
  // with its log it stays until its claim goes
  if (exitCodeOf(pod) !== undefined && stateOf(pod) === states.delivered) return [];
  return isOver(pod) ? [violation('nothing lost', `pod ${name} has ended and is still there`, name)] : [];
}

/** A request is answered where stock has a container for it, and nobody waits for that. */
function checkRequest(
  pod: Pod,
  claims: readonly ContainerClaim[],
  pools: readonly ContainerPool[],
  pods: readonly Pod[],
): readonly Violation[] {
  const request = evictionRequestOf(pod);
  if (!request) return [];
  const { name } = pod.metadata;
  const fail = (what: string) => [violation('requests are answered', `pod ${name} is asked to go, and ${what}`, name)];
  if (stateOf(pod) !== states.delivered) return fail('is still in stock');
  const claim = claims.find(({ metadata }) => metadata.uid === pod.metadata.annotations?.[annotations.claimUid]);
  const pool = pools.find(({ metadata }) => metadata.name === claim?.spec.pool.name);
  // work that ends is not begun a second time; one whose time ends soon is left alone
  if (!claim || !pool || endOf(claim) !== 'served' || pod.spec?.restartPolicy === 'Never') return [];
  const { expiresAt } = claim.status ?? {};
  const isWaited = claims.some((other) => endOf(other) === 'waiting' && other.spec.pool.name === pool.metadata.name);
  if (expiresAt !== undefined || isWaited || pool.spec.claims.maxContainers < 100) return [];
  const stock = pods.filter(
    (one) =>
      one.metadata.labels?.[labels.pool] === pool.metadata.name && stateOf(one) === states.stocked && isReady(one),
  );
  const here = pod.spec?.nodeName;
  const matches = stock.filter(({ spec }) =>
    request.node === undefined ? spec?.nodeName !== here : spec?.nodeName === request.node,
  );
  return matches.length === 0 ? [] : fail(`stock has ${matches[0]?.metadata.name} for its place`);
}

function checkPool(pool: ContainerPool, pods: readonly Pod[]): readonly Violation[] {
  const { name } = pool.metadata;
  const ours = pods.filter(({ metadata }) => metadata.labels?.[labels.pool] === name);
  const stock = ours.filter((pod) => stateOf(pod) === states.stocked);
  const delivered = ours.filter((pod) => stateOf(pod) === states.delivered).length;
  const fail = (what: string) => violation('stock returns', `pool ${name}: ${what}`, name);
  const violations: Violation[] = [];
  const { replicas } = pool.spec;
  if (stock.length !== replicas || !stock.every(isReady))
    violations.push(fail(`has ${stock.length} in stock, ${stock.filter(isReady).length} ready, wants ${replicas}`));
  const image = pool.spec.template?.spec?.containers[0]?.image;
  const old = stock.filter((pod) => mainOf(pod)?.image !== image);
  if (old.length > 0) violations.push(fail(`${old.length} in stock are of an old template`));
  const told = {
    replicas: pool.status?.replicas,
    ready: pool.status?.ready,
    starting: pool.status?.starting,
    updated: pool.status?.updated,
    delivered: pool.status?.delivered,
  };
  const true_ = { replicas: stock.length, ready: stock.length, starting: 0, updated: stock.length, delivered };
  if (violations.length === 0 && JSON.stringify(told) !== JSON.stringify(true_))
    violations.push(fail(`says ${JSON.stringify(told)}, has ${JSON.stringify(true_)}`));
  for (const [type, status] of Object.entries({ Available: true, Progressing: false, Degraded: false }))
    if (violations.length === 0 && isTrue(pool.status?.conditions, type) !== status)
      violations.push(fail(`says ${type} ${JSON.stringify(findCondition(pool.status?.conditions, type))}`));
  return violations;
}

type End = 'served' | 'refused' | 'waiting' | 'settled' | 'finished';

/** How the claim says that it stands. */
function endOf({ status }: ContainerClaim): End | undefined {
  const delivered = findCondition(status?.conditions, 'Delivered');
  if (isTrue(status?.conditions, 'Finished')) return 'finished';
  if (delivered?.reason === 'Partial') return 'settled';
  if (delivered?.reason === 'Waiting') return 'waiting';
  if (isTrue(status?.conditions, 'Admitted') === false) return status ? 'refused' : undefined;
  return delivered?.reason === 'Delivered' ? 'served' : undefined;
}

/** Which ends a claim may come to, whatever happened on the way. */
function endsOf(claim: ContainerClaim, pool: ContainerPool | undefined, held: number): readonly End[] {
  const { whenEmpty, deadline, lifetime } = claim.spec;
  const ends: End[] = [];
  const refused = pool && objection(claim, pool);
  if (refused || (!pool && held < desiredOf(claim))) ends.push('refused');
  // what the pool gave by default counts from the delivery, also when the pool is gone
  const limited = lifetime ?? (pool && lifetimeBy(pool)) ?? claim.status?.expiresAt;
  if (limited !== undefined || deadline !== undefined || whenEmpty === 'Fail' || hasWork(claim)) ends.push('finished');
  if (refused) return ends;
  if (deadline !== undefined || whenEmpty === 'Fail') ends.push('settled');
  // the stock holds fewer than it waits for, now that it holds all that it should
  const wasServed = claim.status?.deliveredAt !== undefined;
  const short = (wasServed ? 1 : Math.max(1, leastOf(claim) - held)) > (pool?.spec.replicas ?? 0);
  // what is lost later is waited for, also by a claim that would not wait before it was served
  if (short && (whenEmpty === 'Wait' || (wasServed && whenEmpty === 'Fail'))) ends.push('waiting');
  if (limited === undefined) ends.push('served');
  return ends;
}

/** Whether any of its programs may end. */
const hasWork = ({ spec }: ContainerClaim): boolean =>
  spec.items.some((item) => item.annotations?.[simulation.runFor] !== undefined);

/** For claims that state none. */
const lifetimeBy = ({ spec: { claims } }: ContainerPool) => claims.defaultLifetime ?? claims.maxLifetime;

function objection(claim: ContainerClaim, pool: ContainerPool): boolean {
  const { spec } = claim;
  const { maxContainers, maxLifetime } = pool.spec.claims;
  const lifetime = parseDuration(spec.lifetime ?? lifetimeBy(pool) ?? '') ?? Infinity;
  const known = pool.spec.configuration.files;
  return (
    desiredOf(claim) > maxContainers ||
    lifetime > (parseDuration(maxLifetime ?? '') ?? Infinity) ||
    // a latch puts any file there
    (pool.spec.latch.mode === 'None' &&
      spec.items.some(({ files = [] }) => files.some(({ name }) => !known.includes(name))))
  );
}

function checkClaim(
  claim: ContainerClaim,
  pool: ContainerPool | undefined,
  pods: readonly Pod[],
): readonly Violation[] {
  const { name, uid } = claim.metadata;
  const own = pods.filter(({ metadata }) => metadata.annotations?.[annotations.claimUid] === uid);
  const held = own.filter((pod) => exitCodeOf(pod) === undefined);
  const done = new Set([...recordedIn(claim), ...own.filter((pod) => exitCodeOf(pod) === 0).map(numberOf)]);
  const about = [name, ...held.map(({ metadata }) => metadata.name)];
  const fail = (rule: string, what: string) => violation(rule, `claim ${name} ${what}`, ...about);
  const end = endOf(claim);
  const ends = endsOf(claim, pool, held.length + done.size);
  const conditions = JSON.stringify(
    claim.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
  );
  if (end === undefined || !ends.includes(end))
    return [
      fail('served', `is ${end} with ${held.length} of ${desiredOf(claim)}: ${conditions}; may be ${ends.join(', ')}`),
    ];
  // of what was given away, what it has all the same counts
  const desired = desiredOf(claim) + held.filter((pod) => givenAway(claim).includes(numberOf(pod))).length;
  const indices = new Set(held.map(({ metadata }) => metadata.annotations?.[annotations.index]));
  if (indices.size !== held.length) return [fail('nothing twice', `holds ${held.length}, of ${indices.size} numbers`)];
  if (end === 'served' && held.length + done.size !== desired)
    return [fail('served', `says that it is, and holds ${held.length} of ${desired}, ${done.size} done`)];
  const complete = isTrue(claim.status?.conditions, 'Complete');
  // it may have ended with fewer than it asked for
  const granted = grantedIn(claim)?.size ?? desired;
  if (complete && done.size < Math.min(granted, desired))
    return [fail('done once', `is complete with ${done.size} of ${granted} done`)];
  const again = held.filter((pod) => done.has(numberOf(pod)));
  if (again.length > 0) return [fail('done once', `does the work of ${again.map(numberOf).join()} again`)];
  if (end === 'served' && done.size > 0 && done.size === desired)
    return [fail('served', 'is not complete, and all its work is done')];
  if (end === 'finished' && held.length > 0) return [fail('nothing lost', `has finished and holds ${held.length}`)];
  const lacks = held.flatMap((pod) => lackOf(pod, claim) ?? []);
  if (lacks.length > 0) return [fail('configured as promised', lacks[0] ?? '')];
  return checkStatus(claim, held, done, end, (what) => fail('status is true', what));
}

function checkStatus(
  claim: ContainerClaim,
  held: readonly Pod[],
  done: ReadonlySet<number>,
  end: End,
  fail: (what: string) => Violation,
): readonly Violation[] {
  const itemOf = (pod: Pod) => promisedAt(claim, Number(pod.metadata.annotations?.[annotations.index]));
  const sized = held.filter((pod) => {
    const item = itemOf(pod)?.item ?? { count: 0 };
    return hasItsSize(pod, item) && hasItsImage(pod, item);
  });
  const ready = sized.filter(isReady);
  const { status } = claim;
  const told = [status?.desired, status?.allocated, status?.configured, status?.ready];
  const kept = givenAway(claim).filter((number) => !held.some((pod) => numberOf(pod) === number) && !done.has(number));
  const all = held.length + done.size;
  const counted = [promisedTo(claim) - kept.length, all, sized.length + done.size, ready.length];
  if (String(told) !== String(counted))
    return [fail(`says desired,allocated,configured,ready ${told.join()}; is ${counted.join()}`)];
  for (const [position, { name = String(position), count }] of claim.spec.items.entries()) {
    const item = status?.items?.find((one) => one.item === name);
    const of = (pods: readonly Pod[]) => pods.filter((pod) => itemOf(pod)?.name === name).length;
    const among = (numbers: Iterable<number>) =>
      [...numbers].filter((number) => promisedAt(claim, number)?.name === name).length;
    const true_ = [count - among(kept), of(held) + among(done), of(ready)];
    if (String([item?.desired, item?.delivered, item?.ready]) !== String(true_))
      return [fail(`says of item ${name} ${JSON.stringify(item)}; is ${of(held)} delivered, ${of(ready)} ready`)];
  }
  const isServed = end === 'served';
  // what was made cold from a template that never starts is the claim's all the same
  const able = held.filter((pod) => mainOf(pod)?.image !== brokenImage);
  if (isServed && !able.every((pod) => ready.includes(pod)))
    return [fail(`has ${ready.length} of ${able.length} ready`)];
  if (isServed && isTrue(status?.conditions, 'Ready') !== (ready.length === held.length))
    return [fail(`has ${ready.length} of ${held.length} ready: ${JSON.stringify(status?.conditions)}`)];
  if ((isServed || end === 'settled') && status?.deliveredAt === undefined)
    return [fail('does not say when it was delivered')];
  return [];
}
