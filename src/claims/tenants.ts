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

/** How many more of the pool's containers the tenant's claims may hold, which hold so many. */
export const roomFor = (pool: Pick<ContainerPoolSpec, 'claims'>, tenant: string | undefined, held: number): number =>
  Math.max(0, rulesFor(pool, tenant).maxContainers - held);

/** As it is called in messages. */
export const tenantName = (tenant: string | undefined): string =>
  tenant === undefined ? 'claims without a tenant' : `tenant ${tenant}`;

export function rulesFor({ claims }: Pick<ContainerPoolSpec, 'claims'>, tenant: string = nobody): TenantRules {
  const { tenants } = claims;
  const own = tenants?.named?.find(({ name }) => name === tenant) ?? tenants?.default;
  return { weight: own?.weight ?? 1, maxContainers: own?.maxContainers ?? Infinity };
}
