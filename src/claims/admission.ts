/** Whether a claim fits its pool. Pure; what the schemas alone can tell is refused before it gets here. */
import { configurationBytes, largestConfiguration } from '../api/configuration.js';
import type { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import { refusalOf } from '../line/index.js';
import { type Duration, parseDuration } from '../support/time.js';
import { desiredOf } from './slots.js';

/** Why this pool will not serve the claim, with what to do; `undefined` when it will. */
export function objectionTo(claim: Pick<ContainerClaim, 'spec'>, pool: ContainerPool): string | undefined {
  const { claims, configuration, template } = pool.spec;
  const desired = desiredOf(claim);
  if (desired > claims.maxContainers)
    return `asks for ${desired} containers; pool ${pool.metadata.name} gives at most ${claims.maxContainers} to a claim`;
  const lifetime = lifetimeOf(claim, pool);
  const longest = claims.maxLifetime === undefined ? undefined : parseDuration(claims.maxLifetime);
  if (longest !== undefined && lifetime !== undefined && lifetime > longest)
    return `asks for a lifetime of ${claim.spec.lifetime}; pool ${pool.metadata.name} allows at most ${claims.maxLifetime}`;
  for (const [position, item] of claim.spec.items.entries()) {
    const where = `item ${item.name ?? position}`;
    const bytes = configurationBytes(item);
    if (bytes > largestConfiguration)
      return `${where}: its environment and files have ${bytes} bytes, a container takes at most ${largestConfiguration}`;
    const unknown = item.files?.find(({ name }) => !configuration.files.includes(name));
    if (unknown)
      return `${where}: file ${unknown.name} is not among the pool's spec.configuration.files (${configuration.files.join(', ') || 'none'})`;
    const refusal = template.spec && refusalOf(item, template.spec);
    if (refusal) return `${where}: ${refusal}`;
  }
  return undefined;
}

/** How long the claim's containers live, in milliseconds; `undefined`: until the claim is deleted. */
export function lifetimeOf(claim: Pick<ContainerClaim, 'spec'>, pool: ContainerPool | undefined): Duration | undefined {
  const text = claim.spec.lifetime ?? pool?.spec.claims.defaultLifetime ?? pool?.spec.claims.maxLifetime;
  return text === undefined ? undefined : parseDuration(text);
}
