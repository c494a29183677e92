/** What a ContainerClaim may say, field by field. Its types, and the kind as such, are in container-claim.ts. */
import { z } from 'zod';
import {
  configurationLength,
  configurationLengthCel,
  env,
  files,
  largestConfiguration,
  secret,
} from './configuration.js';
import { largestCount } from './container-pool.js';
import { conditions, count, duration, labelValue, lifetime, ttlSecondsAfterFinished } from './fields.js';
import { imageName } from './image.js';
import { poolReference } from './pool-reference.js';
import { priority, shapeName } from './sharing.js';
import { userAnnotations, userLabels } from './reserved.js';
import { ruled } from './schema/rule.js';
import { resources } from './size.js';

const itemName = ruled(labelValue.min(1), {
  rule: "self.matches('[^0-9]')",
  message: 'must not be a number alone: items without a name go by their place in the list',
  check: (name) => /[^0-9]/.test(name),
});

export const item = ruled(
  z.strictObject({
    name: itemName
      .optional()
      .describe('Names the item in what is printed; without it the item goes by its place in the list, from 0.'),
    count: z.int().min(1).max(largestCount).describe('How many containers of this kind.'),
    resources: resources
      .optional()
      .describe("What the pod's main container is resized to, in place. What is left out stays as the pool has it."),
    shape: shapeName.optional().describe("In place of `resources`: one of the pool's shapes, sizes that have a name."),
    image: imageName
      .optional()
      .describe(
        "In place of the template's image: one of the pool's `images`. The main container restarts with it, with the template's command.",
      ),
    labels: userLabels.optional().describe('Labels for the pods of the item.'),
    annotations: userAnnotations.optional().describe('Annotations for the pods of the item.'),
    env: env.optional(),
    files: files.optional(),
    secret: secret.optional(),
  }),
  {
    rule: `${configurationLengthCel} <= ${largestConfiguration}`,
    message: `must have at most ${largestConfiguration} characters of env, files and annotations together`,
    detail: (value) =>
      `must have at most ${largestConfiguration} characters of env, files and annotations together, has ${configurationLength(value)}`,
    check: (value) => configurationLength(value) <= largestConfiguration,
  },
  {
    rule: '!has(self.shape) || !has(self.resources)',
    message: 'must not be given beside resources: a size has a name, or is written out',
    field: 'shape',
    reason: 'FieldValueForbidden',
    check: ({ shape, resources: size }) => shape === undefined || size === undefined,
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

const hookName = z
  .string()
  .min(1)
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be the name of a stage: lower-case letters, digits and -, at most 63',
  );

export const containerClaimSpec = ruled(
  z.strictObject({
    pool: poolReference,
    tenant: labelValue
      .min(1)
      .optional()
      .describe(
        'On whose behalf: where stock is short, tenants get fair shares. Those that state none are one tenant.',
      ),
    priority: priority
      .optional()
      .describe('Where claims wait, higher ones go first; at most what the pool allows. Default: 0.'),
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
        "By when the claim must be served, from its creation. Then it is given up, or ends with what it has from minAvailable on. Default: the pool's.",
      ),
    lifetime: lifetime.optional().describe("How long the containers live after delivery. Default: the pool's."),
    backoffLimit: z
      .int()
      .min(0)
      .max(1000)
      .optional()
      .describe(
        'For pools whose restartPolicy is Never or OnFailure: how often the work of the containers may fail, all together, before the claim fails. Default: 6.',
      ),
    ttlSecondsAfterFinished: ttlSecondsAfterFinished
      .optional()
      .describe(
        "How long the claim, its pods and their logs stay after it has finished. Default: the pool's; without one it stays until somebody deletes it.",
      ),
    hooks: ruled(z.array(hookName).max(16), {
      rule: 'self.all(a, self.exists_one(b, a == b))',
      message: 'must have names that differ',
      reason: 'FieldValueDuplicate',
      check: (names) => new Set(names).size === names.length,
    })
      .optional()
      .describe(
        "What is to happen with each container after its delivery, besides what always happens: names of notify stages of the pool's line. A claim can choose among them, and bring none of its own.",
      ),
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

const retry = z.strictObject({
  index: count.describe('The number of the container within the claim.'),
  failures: count.describe('How often its work has failed.'),
  lastFailureAt: z.string().optional().describe('When it did last (RFC 3339).'),
});

const restarts = z.strictObject({
  count: count.describe('How often their kubelets have started the main containers again since their delivery.'),
  lastReason: z
    .string()
    .max(1024)
    .optional()
    .describe('Which container restarted last, and why: its reason and exit code.'),
});

const queue = z.strictObject({
  place: z.int().min(1).describe('Where it stands among the claims that wait for the same pools, from 1.'),
  length: z.int().min(1).describe('How many claims wait.'),
});

const itemStatus = z.strictObject({
  item: z.string().max(63).describe("The item's name, or its place in the list."),
  desired: count.describe('Containers that the item asks for.'),
  delivered: count.describe('Of these, those that belong to the claim.'),
  ready: count.describe('Of these, those that are ready.'),
});

const milliseconds = z.int().min(0);

const stageStatus = z.strictObject({
  stage: z.string().max(63).describe("The stage's name."),
  start: milliseconds.describe('When its first container entered it: milliseconds since the first delivery began.'),
  count: count.describe('Containers that have passed it.'),
  p50: milliseconds.describe('How long half of them were in it at most, in milliseconds.'),
  max: milliseconds.describe('How long the slowest was, in milliseconds.'),
  failed: count.describe('Containers that failed in it.'),
});

export const containerClaimStatus = z.strictObject({
  observedGeneration: count.optional().describe('The generation of the spec that these figures are for.'),
  desired: count.default(0).describe('Containers that the claim asks for.'),
  allocated: count.default(0).describe('Containers that belong to the claim.'),
  configured: count.default(0).describe('Of these, those that have their size, environment and files.'),
  ready: count.default(0).describe('Of these, those that are ready.'),
  replaced: count.default(0).describe('Containers that were lost after delivery and replaced.'),
  active: count.default(0).describe('Of the allocated containers, those whose work goes on.'),
  succeeded: count.default(0).describe('Of these, those whose program ended with 0: they stay, and are not replaced.'),
  failed: count.default(0).describe('How often the work of a container has failed.'),
  completedIndexes: z
    .string()
    .max(65_536)
    .optional()
    .describe('The numbers of the containers that have succeeded, such as `0-2,5`.'),
  grantedIndexes: z
    .string()
    .max(65_536)
    .optional()
    .describe(
      'Where the claim ended with fewer containers than it asked for: the numbers that it got, and keeps filled.',
    ),
  retries: z.array(retry).max(1000).optional().describe('The numbers whose work has failed, until the claim finishes.'),
  lastExitCode: z.int().optional().describe('With which the work failed last.'),
  restarts: restarts.optional().describe('Restarts of delivered containers in their place.'),
  items: z.array(itemStatus).max(64).optional().describe('The same counts, item by item.'),
  stages: z
    .array(stageStatus)
    .max(16)
    .optional()
    .describe('How long the containers were in the stages of the line: as of the last write of this status.'),
  queue: queue
    .optional()
    .describe('Its place in the queue, while it waits; written anew as docs/how-to/share-a-pool.md says.'),
  deliveredAt: z.string().optional().describe('When the last container was handed over (RFC 3339, milliseconds).'),
  readyAt: z.string().optional().describe('When all that the claim has was ready for the first time (RFC 3339).'),
  expiresAt: z.string().optional().describe('When the lifetime of the containers ends (RFC 3339).'),
  selector: z.string().optional().describe("Selects the claim's containers."),
  conditions: conditions
    .optional()
    .describe(
      'Admitted, Delivered, Ready, Notified, TimedOut, Complete, Failed, Finished; Degraded where a container cannot be deleted or changed.',
    ),
});
