import { z } from 'zod';
import type { DeepReadonly } from '../support/readonly.js';
import { largestCount } from './container-pool.js';
import { condition, count, duration, labelValue, objectName } from './fields.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';

const quantity = z
  .union([z.string(), z.int()])
  .meta({ quantity: true })
  .describe('A resource quantity, such as 500m or 2Gi.');

const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });

const item = z.strictObject({
  name: labelValue.min(1).optional().describe('Names the item in what is printed; its place in the list otherwise.'),
  count: z.int().min(1).max(largestCount).describe('How many containers of this kind.'),
  resources: z
    .strictObject({ requests: amounts.optional(), limits: amounts.optional() })
    .optional()
    .describe("What the pod's first container is resized to, in place. What is left out stays as the pool has it."),
  labels: z.record(z.string(), labelValue).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  env: z
    .array(z.strictObject({ name: z.string().min(1).max(256), value: z.string().max(65536).default('') }))
    .max(256)
    .optional()
    .describe('Shows in the container as the file env.json.'),
  files: z
    .array(z.strictObject({ name: z.string().min(1).max(63), content: z.string().max(204800) }))
    .max(64)
    .optional()
    .describe("Files for the container; the pool's configuration.files must name them."),
});

export const containerClaimSpec = z.strictObject({
  pool: z.strictObject({ name: objectName }).describe('The pool to deliver from, of the same namespace.'),
  tenant: labelValue.optional().describe('On whose behalf.'),
  items: z
    .array(item)
    .min(1)
    .max(64)
    .describe('What to deliver: each item its own number of containers with its own configuration.'),
  minAvailable: count
    .max(largestCount)
    .optional()
    .describe(
      'Deliver nothing unless at least so many can be had. Default: all of them. 0: as many as there are (best effort).',
    ),
  deadline: duration
    .optional()
    .describe(
      'By when the claim must be served, from its creation. Then it is given up, or ends with what it has from minAvailable on.',
    ),
  lifetime: duration.optional().describe('How long the containers live after delivery.'),
  whenEmpty: z
    .enum(['Wait', 'Cold', 'Fail'])
    .default('Wait')
    .describe('What to do when the stock does not suffice: wait for refill, make containers for this claim, or fail.'),
});

const itemStatus = z.strictObject({ item: z.string(), desired: count, delivered: count, ready: count });

export const containerClaimStatus = z.strictObject({
  observedGeneration: count.optional(),
  desired: count.default(0),
  allocated: count.default(0).describe('Containers that belong to the claim.'),
  configured: count.default(0).describe('Of these, those that have their size, environment and files.'),
  ready: count.default(0).describe('Of these, those that are ready.'),
  replaced: count.default(0).describe('Containers that were lost after delivery and replaced.'),
  items: z.array(itemStatus).max(64).optional(),
  deliveredAt: z.string().optional().describe('When the last container was handed over (RFC 3339, milliseconds).'),
  expiresAt: z.string().optional().describe('When the lifetime of the containers ends.'),
  selector: z.string().optional().describe("Selects the claim's containers."),
  conditions: z.array(condition).max(16).optional(),
});

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
