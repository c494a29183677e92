import { z } from 'zod';
import type { DeepReadonly } from '../support/readonly.js';
import { condition, count, duration } from './fields.js';
import type { PodTemplate } from './kubernetes.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';

/** The greatest stock of one pool, and the greatest number of containers of one claim. */
export const largestCount = 10_000;

const container = z.looseObject({ name: z.string().min(1).max(63), image: z.string().min(1) });

const podTemplate = z
  .looseObject({
    spec: z.looseObject({ containers: z.array(container).min(1).max(64) }),
  })
  .describe('What every container of the pool is made from: a pod template, as in a Deployment.');

const fileName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 'must be a file name: letters, digits, -, _ and ., at most 63');

const refill = z
  .strictObject({
    paused: z.boolean().default(false).describe('Make no new containers; what is in stock is still delivered.'),
    maxStarting: z
      .int()
      .min(1)
      .max(1000)
      .default(50)
      .describe('How many containers of the pool may be starting at once.'),
    startDeadline: duration
      .default('5m')
      .describe('A container that is not ready by then counts as failed and is replaced.'),
  })
  .describe('How the stock is refilled.');

const renewal = z
  .strictObject({
    maxUnavailable: z
      .int()
      .min(0)
      .max(largestCount)
      .default(10)
      .describe('How far ready stock may fall below `replicas` while it is renewed.'),
    maxSurge: z
      .int()
      .min(0)
      .max(largestCount)
      .default(10)
      .describe('How far the stock may exceed `replicas` while it is renewed.'),
  })
  .describe('How stock that was made from an older template is replaced. Delivered containers are left alone.');

const claims = z
  .strictObject({
    defaultLifetime: duration
      .optional()
      .describe('For claims that state no lifetime. Without it they last until they are deleted.'),
    maxLifetime: duration.optional().describe('No claim may ask for more.'),
    maxContainers: z
      .int()
      .min(1)
      .max(largestCount)
      .default(largestCount)
      .describe('No claim may ask for more containers.'),
  })
  .describe('What claims on this pool may ask for.');

const configuration = z
  .strictObject({
    mountPath: z.string().min(1).max(1024).regex(/^\//, 'must be an absolute path').default('/etc/penstock'),
    files: z
      .array(fileName)
      .max(64)
      .default([])
      .describe('The files that a claim may hand to a container; they appear below mountPath.'),
  })
  .describe('Where a container finds what its claim configures: `env.json` and the files named here.');

export const containerPoolSpec = z.strictObject({
  replicas: z
    .int()
    .min(0)
    .max(largestCount)
    .default(0)
    .describe('Containers to keep ready. What is delivered does not count.'),
  template: podTemplate,
  refill: refill.prefault({}),
  expireAfter: duration.optional().describe('Stock older than this is replaced.'),
  renewal: renewal.prefault({}),
  claims: claims.prefault({}),
  configuration: configuration.prefault({}),
});

export const containerPoolStatus = z.strictObject({
  observedGeneration: count.optional(),
  replicas: count.default(0).describe('Containers of the pool that are not delivered, ready or not.'),
  ready: count.default(0).describe('Containers that can be delivered now.'),
  starting: count.default(0),
  delivered: count.default(0).describe('Containers of this pool that claims hold now.'),
  updated: count.default(0).describe('Containers in stock that were made from the present template.'),
  hitRate: z
    .string()
    .optional()
    .describe('The share of delivered containers that were in stock when their claim came.'),
  template: z.string().optional().describe('The fingerprint of the present template.'),
  selector: z.string().optional().describe('Selects the containers in stock; for the scale subresource.'),
  conditions: z.array(condition).max(16).optional(),
});

export type ContainerPoolSpec = DeepReadonly<Omit<z.output<typeof containerPoolSpec>, 'template'>> & {
  readonly template: PodTemplate;
};
export type ContainerPoolStatus = DeepReadonly<z.output<typeof containerPoolStatus>>;

/** A stock of ready containers, kept ahead of demand. */
export interface ContainerPool extends Resource {
  readonly spec: ContainerPoolSpec;
  readonly status?: ContainerPoolStatus;
}

export const ContainerPool = kind<ContainerPool>({
  group,
  version,
  plural: 'containerpools',
  name: 'ContainerPool',
  namespaced: true,
});
