// without a schema at run time: clients read claims, and only who writes or serves them needs their rules
import type { z } from 'zod';
import type { DeepReadonly } from '../support/readonly.js';
import type { containerClaimSpec, containerClaimStatus, item } from './container-claim-schema.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';

export type ClaimItem = DeepReadonly<z.output<typeof item>>;
export type ContainerClaimSpec = DeepReadonly<z.output<typeof containerClaimSpec>>;
export type ContainerClaimStatus = DeepReadonly<z.output<typeof containerClaimStatus>>;

/** A request for a batch of containers from a pool, each item with its own configuration. Its spec never changes. */
export interface ContainerClaim extends Resource {
  readonly spec: ContainerClaimSpec;
  readonly status?: ContainerClaimStatus;
}

export const ContainerClaim = kind<ContainerClaim>({
  group,
  version,
  plural: 'containerclaims',
  name: 'ContainerClaim',
  namespaced: true,
});
