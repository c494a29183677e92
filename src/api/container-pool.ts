import { z } from 'zod';
import { parseDuration } from '../support/time.js';
import type { DeepReadonly } from '../support/readonly.js';
import { fileName } from './configuration.js';
import { conditions, count, duration, isDurationCel, lifetime } from './fields.js';
import type { PodTemplate } from './kubernetes.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';
import { podTemplate } from './pod-template.js';
import { ruled } from './schema/rule.js';

/** The greatest stock of one pool, and the greatest number of containers of one claim. */
export const largestCount = 10_000;

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

const renewal = ruled(
  z.strictObject({
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
  }),
  {
    // the API server tries rules on defaults, too, before it fills in those within
    rule: '!has(self.maxUnavailable) || !has(self.maxSurge) || self.maxUnavailable > 0 || self.maxSurge > 0',
    message: 'must leave room to renew: maxUnavailable and maxSurge cannot both be 0',
    check: ({ maxUnavailable, maxSurge }) => maxUnavailable > 0 || maxSurge > 0,
  },
).describe('How stock that was made from an older template is replaced. Delivered containers are left alone.');

const claims = ruled(
  z.strictObject({
    defaultLifetime: lifetime
      .optional()
      .describe('For claims that state no lifetime. Without it maxLifetime, and without that until they are deleted.'),
    maxLifetime: lifetime.optional().describe('No claim may ask for more.'),
    maxContainers: z
      .int()
      .min(1)
      .max(largestCount)
      .default(largestCount)
      .describe('No claim may ask for more containers.'),
  }),
  {
    rule: [
      `!has(self.defaultLifetime) || !${isDurationCel('self.defaultLifetime')}`,
      `!has(self.maxLifetime) || !${isDurationCel('self.maxLifetime')}`,
      'duration(self.defaultLifetime) <= duration(self.maxLifetime)',
    ].join(' || '),
    message: 'must be at most maxLifetime',
    detail: ({ maxLifetime }) => `must be at most maxLifetime, which is ${maxLifetime}`,
    field: 'defaultLifetime',
    check: ({ defaultLifetime, maxLifetime }) =>
      (parseDuration(defaultLifetime ?? '') ?? 0) <= (parseDuration(maxLifetime ?? '') ?? Infinity),
  },
).describe('What claims on this pool may ask for.');

const configuration = z
  .strictObject({
    mountPath: z
      .string()
      .min(2)
      .max(1024)
      .regex(/^\/[^:]*$/, 'must be an absolute path without :')
      .default('/etc/penstock')
      .describe('The folder in the container.'),
    files: ruled(z.array(fileName).max(64), {
      rule: 'self.all(a, self.exists_one(b, a == b))',
      message: 'must have names that differ',
      reason: 'FieldValueDuplicate',
      check: (names) => new Set(names).size === names.length,
    })
      .default([])
      .describe('The files that a claim may hand to a container; they appear below mountPath.'),
  })
  .describe('Where a container finds what its claim configures: `env.json` and the files named here.');

export const containerPoolSpec = ruled(
  z.strictObject({
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
  }),
  {
    rule: 'self.template.spec.containers.all(c, !has(c.volumeMounts) || !c.volumeMounts.exists(m, m.mountPath == self.configuration.mountPath))',
    message: 'must be a folder that no container of the template mounts already',
    field: 'configuration',
    check: ({ template, configuration: { mountPath } }) =>
      !template.spec.containers.some(({ volumeMounts = [] }) =>
        volumeMounts.some((mount) => mount.mountPath === mountPath),
      ),
  },
);

export const containerPoolStatus = z.strictObject({
  observedGeneration: count.optional().describe('The generation of the spec that these figures are for.'),
  replicas: count.default(0).describe('Containers of the pool that are not delivered, ready or not.'),
  ready: count.default(0).describe('Containers that can be delivered now.'),
  starting: count.default(0).describe('Containers of the pool that are not ready yet.'),
  delivered: count.default(0).describe('Containers of this pool that claims hold now.'),
  updated: count.default(0).describe('Containers in stock that were made from the present template.'),
  hitRate: z
    .string()
    .optional()
    .describe('The share of delivered containers that were in stock when their claim came.'),
  template: z.string().optional().describe('The fingerprint of the present template.'),
  selector: z.string().optional().describe('Selects the containers in stock; for the scale subresource.'),
  conditions: conditions.optional().describe('Available, Progressing, Exhausted, Degraded.'),
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
