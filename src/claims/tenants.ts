/** What a pool grants to a tenant. Pure. */
import type { ContainerPoolSpec } from '../api/container-pool.js';

/** Claims that state no tenant are one tenant of their own, together. */
export const nobody = '';

export interface TenantRules {
  /** Its share beside others'. */
  readonly weight: number;
  /** How many containers of the pool its claims may hold at once. */
  readonly maxContainers: number;
}

export function rulesFor({ claims }: Pick<ContainerPoolSpec, 'claims'>, tenant: string = nobody): TenantRules {
  const { tenants } = claims;
  const own = tenants?.named?.find(({ name }) => name === tenant) ?? tenants?.default;
  return { weight: own?.weight ?? 1, maxContainers: own?.maxContainers ?? Infinity };
}
