/** Whether a claim fits its pool. Pure; what the schemas alone can tell is refused before it gets here. */
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod, PodTemplate } from '../api/kubernetes.js';
import { configurationObjection, imageObjection, refusalOf } from '../line/index.js';
import { qosClass } from '../scheduling/index.js';
import { type Duration, parseDuration } from '../support/time.js';
import { inShape, shapeObjection } from './fit/shapes.js';
import { type Asking, desiredOf, leastOf } from './slots.js';
import { rulesFor, tenantName } from './tenants.js';

/**
 * Why this pool will not serve the claim, with what to do; `undefined` when it will.
 * @param made one of the pool's containers, where there is one: a LimitRange may have given it a size that the template
 * does not state
 */
export function objectionTo(claim: Asking, pool: ContainerPool, made?: Pod): string | undefined {
  const { claims, template, fromDeployment } = pool.spec;
  if (!template)
    return `pool ${pool.metadata.name} keeps stock for Deployment ${fromDeployment?.name} and serves no claims: name a pool with a template of its own`;
  const quota = quotaObjection(claim, pool);
  if (quota !== undefined) return quota;
  const lifetime = lifetimeOf(claim, [pool]);
  const longest = claims.maxLifetime === undefined ? undefined : parseDuration(claims.maxLifetime);
  if (longest !== undefined && lifetime !== undefined && lifetime > longest)
    return `asks for a lifetime of ${claim.spec.lifetime}; pool ${pool.metadata.name} allows at most ${claims.maxLifetime}`;
  const shared = priorityObjection(claim, pool) ?? deadlineObjection(claim, pool) ?? tenantObjection(claim, pool);
  if (shared !== undefined) return shared;
  const sized = made ?? sizedBy(template);
  for (const [position, item] of claim.spec.items.entries()) {
    const where = `item ${item.name ?? position}`;
    const refusal =
      configurationObjection(item, pool.spec) ??
      shapeObjection(item, pool) ??
      imageObjection(item, pool) ??
      (sized && refusalOf(inShape(item, pool), sized));
    if (refusal) return `${where}: ${refusal}`;
  }
  return undefined;
}

/** Why the claim gets no container of this pool, by whichever way it would come. */
export function quotaObjection(claim: Asking, { metadata, spec }: ContainerPool): string | undefined {
  const desired = desiredOf(claim);
  const { maxContainers } = spec.claims;
  if (desired > maxContainers)
    return `asks for ${desired} containers; pool ${metadata.name} gives at most ${maxContainers} to a claim`;
  const { tenant } = claim.spec;
  if (rulesFor(spec, tenant).maxContainers > 0) return undefined;
  return `pool ${metadata.name} gives nothing to ${tenantName(tenant)} (spec.claims.tenants)`;
}

function priorityObjection({ spec: { priority = 0 } }: Asking, { metadata, spec }: ContainerPool): string | undefined {
  const { maxPriority = 0 } = spec.claims;
  if (priority <= maxPriority) return undefined;
  return `asks for priority ${priority}; pool ${metadata.name} allows at most ${maxPriority} (spec.claims.maxPriority)`;
}

function deadlineObjection({ spec: { deadline } }: Asking, { metadata, spec }: ContainerPool): string | undefined {
  const { maxDeadline } = spec.claims;
  if (deadline === undefined || maxDeadline === undefined) return undefined;
  if ((parseDuration(deadline) ?? 0) <= (parseDuration(maxDeadline) ?? Infinity)) return undefined;
  return `asks for a deadline of ${deadline}; pool ${metadata.name} allows at most ${maxDeadline}`;
}

/** Only what can never be: a tenant that holds as much as it may at present can wait. */
function tenantObjection(claim: Asking, { metadata, spec }: ContainerPool): string | undefined {
  const { tenant, pool } = claim.spec;
  const { maxContainers } = rulesFor(spec, tenant);
  const least = leastOf(claim);
  // one that may take from several pools need not get all from one of them
  if (pool.name === undefined || least <= maxContainers) return undefined;
  return `asks for at least ${least} containers; pool ${metadata.name} gives ${tenantName(tenant)} at most ${maxContainers} at once (spec.claims.tenants)`;
}

/** A template without any size may get one from a LimitRange: then only a container can tell what may become of it. */
function sizedBy(template: PodTemplate): PodTemplate | undefined {
  return template.spec && qosClass(template.spec) !== 'BestEffort' ? template : undefined;
}

/**
 * How long the claim's containers live, in milliseconds; `undefined`: until the claim is deleted. Of several pools, the one
 * that gives least counts.
 */
export function lifetimeOf({ spec }: Asking, pools: Iterable<ContainerPool>): Duration | undefined {
  if (spec.lifetime !== undefined) return parseDuration(spec.lifetime);
  return shortest(pools, ({ defaultLifetime, maxLifetime }) => defaultLifetime ?? maxLifetime);
}

/** How long the claim waits, in milliseconds from its creation; `undefined`: for ever. */
export function patienceOf({ spec }: Asking, pools: Iterable<ContainerPool>): Duration | undefined {
  if (spec.deadline !== undefined) return parseDuration(spec.deadline);
  return shortest(pools, ({ defaultDeadline, maxDeadline }) => defaultDeadline ?? maxDeadline);
}

function shortest(
  pools: Iterable<ContainerPool>,
  of: (rules: ContainerPool['spec']['claims']) => string | undefined,
): Duration | undefined {
  let least: Duration | undefined;
  for (const { spec } of pools) {
    const given = parseDuration(of(spec.claims) ?? '');
    if (given !== undefined && (least === undefined || given < least)) least = given;
  }
  return least;
}
