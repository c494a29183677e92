import { z } from 'zod';
import { parseQuantity } from '../support/quantity.js';
import type { DeepReadonly } from '../support/readonly.js';
import { configurationLength, configurationLengthCel, env, files, largestConfiguration } from './configuration.js';
import { largestCount } from './container-pool.js';
import { atMost, conditions, count, duration, labelValue, lifetime, ownName, quantity } from './fields.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';
import { userAnnotations, userLabels } from './reserved.js';
import { type Rule, ruled } from './schema/rule.js';

/** Below this an amount of memory is a mistake of unit: `512m` is half a byte, `512` are bytes. */
const leastMemory = { text: '1Mi', bytes: 2 ** 20 };

const memory = ruled(quantity, {
  rule: `!isQuantity(string(self)) || quantity(string(self)).compareTo(quantity('0')) == 0 || quantity(string(self)).compareTo(quantity('${leastMemory.text}')) >= 0`,
  message: `must be 0 or at least ${leastMemory.text}; megabytes are written 512Mi or 512M`,
  check: (amount) => {
    const bytes = parseQuantity(amount);
    return bytes === undefined || bytes === 0 || bytes >= leastMemory.bytes;
  },
});

const amounts = z.strictObject({
  cpu: quantity.optional().describe('Cores, such as 2 or 500m.'),
  memory: memory.optional().describe('Bytes, such as 512Mi or 2Gi.'),
});

type Amounts = z.output<typeof amounts>;

const requestsWithinLimits = (
  of: keyof Amounts,
): Rule<{ requests?: Amounts | undefined; limits?: Amounts | undefined }> => ({
  rule: [
    `!has(self.requests) || !has(self.requests.${of}) || !isQuantity(string(self.requests.${of}))`,
    `!has(self.limits) || !has(self.limits.${of}) || !isQuantity(string(self.limits.${of}))`,
    `quantity(string(self.requests.${of})).compareTo(quantity(string(self.limits.${of}))) <= 0`,
  ].join(' || '),
  message: `must not request more ${of} than its limit`,
  field: 'requests',
  check: ({ requests, limits }) => atMost(requests?.[of], limits?.[of]),
});

const resources = ruled(
  z.strictObject({
    requests: amounts.optional().describe('What is set aside for the container.'),
    limits: amounts.optional().describe('What the container can use at most.'),
  }),
  requestsWithinLimits('cpu'),
  requestsWithinLimits('memory'),
);

const itemName = ruled(labelValue.min(1), {
  rule: "self.matches('[^0-9]')",
  message: 'must not be a number alone: items without a name go by their place in the list',
  check: (name) => /[^0-9]/.test(name),
});

const item = ruled(
  z.strictObject({
    name: itemName
      .optional()
      .describe('Names the item in what is printed; without it the item goes by its place in the list, from 0.'),
    count: z.int().min(1).max(largestCount).describe('How many containers of this kind.'),
    resources: resources
      .optional()
      .describe("What the pod's first container is resized to, in place. What is left out stays as the pool has it."),
    labels: userLabels.optional().describe('Labels for the pods of the item.'),
    annotations: userAnnotations.optional().describe('Annotations for the pods of the item.'),
    env: env.optional(),
    files: files.optional(),
  }),
  {
    rule: `${configurationLengthCel} <= ${largestConfiguration}`,
    message: `must have at most ${largestConfiguration} characters of env, files and annotations together`,
    detail: (value) =>
      `must have at most ${largestConfiguration} characters of env, files and annotations together, has ${configurationLength(value)}`,
    check: (value) => configurationLength(value) <= largestConfiguration,
  },
);

const total = (claimed: readonly { readonly count: number }[]) => claimed.reduce((sum, { count: n }) => sum + n, 0);
const totalCel = 'self.items.map(i, i.count).sum()';

const items = ruled(z.array(item).min(1).max(64), {
  rule: 'self.all(a, !has(a.name) || self.exists_one(b, has(b.name) && b.name == a.name))',
  message: 'must have names that differ',
  reason: 'FieldValueDuplicate',
  check: (all) => {
    const names = all.flatMap(({ name }) => name ?? []);
    return new Set(names).size === names.length;
  },
});

export const containerClaimSpec = ruled(
  z.strictObject({
    pool: z
      .strictObject({ name: ownName.describe('Its name.') })
      .describe('The pool to deliver from, of the same namespace.'),
    tenant: labelValue.min(1).optional().describe('On whose behalf.'),
    items: items.describe('What to deliver: each item its own number of containers with its own configuration.'),
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
    lifetime: lifetime.optional().describe("How long the containers live after delivery. Default: the pool's."),
    whenEmpty: z
      .enum(['Wait', 'Cold', 'Fail'])
      .default('Wait')
      .describe(
        'What to do when the stock does not suffice: wait for refill, make containers for this claim, or fail.',
      ),
  }),
  {
    rule: `${totalCel} <= ${largestCount}`,
    message: `must ask for at most ${largestCount} containers in all`,
    detail: (spec) => `must ask for at most ${largestCount} containers in all, asks for ${total(spec.items)}`,
    field: 'items',
    check: (spec) => total(spec.items) <= largestCount,
  },
  {
    rule: `!has(self.minAvailable) || self.minAvailable <= ${totalCel}`,
    message: 'must be at most the number of containers that the items ask for',
    detail: (spec) =>
      `must be at most the ${total(spec.items)} containers that the items ask for, is ${spec.minAvailable}`,
    field: 'minAvailable',
    check: (spec) => spec.minAvailable === undefined || spec.minAvailable <= total(spec.items),
  },
);

const itemStatus = z.strictObject({
  item: z.string().max(63).describe("The item's name, or its place in the list."),
  desired: count.describe('Containers that the item asks for.'),
  delivered: count.describe('Of these, those that belong to the claim.'),
  ready: count.describe('Of these, those that are ready.'),
});

export const containerClaimStatus = z.strictObject({
  observedGeneration: count.optional().describe('The generation of the spec that these figures are for.'),
  desired: count.default(0).describe('Containers that the claim asks for.'),
  allocated: count.default(0).describe('Containers that belong to the claim.'),
  configured: count.default(0).describe('Of these, those that have their size, environment and files.'),
  ready: count.default(0).describe('Of these, those that are ready.'),
  replaced: count.default(0).describe('Containers that were lost after delivery and replaced.'),
  items: z.array(itemStatus).max(64).optional().describe('The same counts, item by item.'),
  deliveredAt: z.string().optional().describe('When the last container was handed over (RFC 3339, milliseconds).'),
  expiresAt: z.string().optional().describe('When the lifetime of the containers ends (RFC 3339).'),
  selector: z.string().optional().describe("Selects the claim's containers."),
  conditions: conditions.optional().describe('Admitted, Delivered, Ready, TimedOut, Finished.'),
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
