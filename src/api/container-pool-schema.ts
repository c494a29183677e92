/** What a ContainerPool may say, field by field. Its types, and the kind as such, are in container-pool.ts. */
import { z } from 'zod';
import { parseDuration } from '../support/time.js';
import { autoscaleOf, sizing } from './autoscale.js';
import { fileName } from './configuration.js';
import { type Autoscale, largestCount, type Renewal } from './container-pool.js';
import { conditions, count, duration, isDurationCel, lifetime, objectName, ttlSecondsAfterFinished } from './fields.js';
import { images } from './image.js';
import { latch } from './latch.js';
import { defaultContainerNameRule, defaultContainerOf } from './pod-template.js';
import { podTemplate } from './pod-template-schema.js';
import { coldStarts, priority, shapes, tenants } from './sharing.js';
import { ruled } from './schema/rule.js';
import { audit, renewalOf, renewalStatus } from './upkeep.js';

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

const renewal = renewalOf(largestCount);

const claims = ruled(
  z.strictObject({
    defaultLifetime: lifetime
      .optional()
      .describe('For claims that state no lifetime. Without it maxLifetime, and without that until they are deleted.'),
    maxLifetime: lifetime.optional().describe('No claim may ask for more.'),
    defaultDeadline: duration
      .optional()
      .describe('For claims that state no deadline. Without it maxDeadline, and without that they wait for ever.'),
    maxDeadline: duration.optional().describe('No claim may wait longer.'),
    ttlSecondsAfterFinished: ttlSecondsAfterFinished
      .optional()
      .describe('For claims that state none: how long a claim stays, with its pods and logs, after it has finished.'),
    maxPriority: priority.optional().describe('No claim may ask for a higher priority. Default: 0.'),
    tenants: tenants.optional(),
    coldStarts: coldStarts.optional(),
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
  {
    rule: [
      `!has(self.defaultDeadline) || !${isDurationCel('self.defaultDeadline')}`,
      `!has(self.maxDeadline) || !${isDurationCel('self.maxDeadline')}`,
      'duration(self.defaultDeadline) <= duration(self.maxDeadline)',
    ].join(' || '),
    message: 'must be at most maxDeadline',
    detail: ({ maxDeadline }) => `must be at most maxDeadline, which is ${maxDeadline}`,
    field: 'defaultDeadline',
    check: ({ defaultDeadline, maxDeadline }) =>
      (parseDuration(defaultDeadline ?? '') ?? 0) <= (parseDuration(maxDeadline ?? '') ?? Infinity),
  },
).describe('What claims on this pool may ask for.');

const folder = z
  .string()
  .min(2)
  .max(1024)
  .regex(/^\/[^:]*$/, 'must be an absolute path without :');

const configuration = z
  .strictObject({
    mountPath: folder.default('/etc/penstock').describe('The folder in the container.'),
    files: ruled(z.array(fileName).max(64), {
      rule: 'self.all(a, self.exists_one(b, a == b))',
      message: 'must have names that differ',
      reason: 'FieldValueDuplicate',
      check: (names) => new Set(names).size === names.length,
    })
      .default([])
      .describe(
        'The files that a claim may hand to a container; they appear below mountPath. With a latch claims may name any.',
      ),
    secretPath: folder
      .optional()
      .describe('The folder in which a container finds the Secret of its claim. Without it claims may bring none.'),
  })
  .describe('Where a container finds what its claim configures: `env.json` and the files named here.');

const autoscale = autoscaleOf(largestCount);

export const containerPoolSpec = ruled(
  z.strictObject({
    replicas: z
      .int()
      .min(0)
      .max(largestCount)
      .default(0)
      .describe('Containers to keep ready. What is delivered does not count.'),
    autoscale: autoscale.optional(),
    template: podTemplate.optional(),
    fromDeployment: z
      .strictObject({ name: objectName.describe('Its name.') })
      .optional()
      .describe(
        'Instead of a template: the Deployment of the same namespace whose new replicas come from this stock. It must carry the annotation penstock.dev/pool with the name of this pool.',
      ),
    refill: refill.prefault({}),
    expireAfter: duration.optional().describe('Stock older than this is replaced.'),
    renewal: renewal.prefault({}),
    audit: audit.prefault({}),
    claims: claims.prefault({}),
    shapes: shapes.optional(),
    images: images.optional(),
    configuration: configuration.prefault({}),
    line: z
      .strictObject({ name: objectName.describe('Its name.') })
      .optional()
      .describe(
        'The ProductionLine of the same namespace by which the containers are made, delivered and reclaimed. Default: the built-in one.',
      ),
    latch: latch.prefault({}).describe('How a container waits for its delivery, and whether it comes back.'),
  }),
  {
    rule: 'has(self.template) != has(self.fromDeployment)',
    message: 'must be given unless fromDeployment is: a pool has one of the two, not both',
    detail: ({ template }) =>
      template === undefined
        ? 'is required, or fromDeployment in its place'
        : 'must not be given beside fromDeployment',
    field: 'template',
    reason: 'FieldValueRequired',
    check: ({ template, fromDeployment }) => (template === undefined) !== (fromDeployment === undefined),
  },
  {
    rule: `!has(self.latch) || !has(self.latch.mode) || self.latch.mode == 'None' || !has(self.template) || size(self.template.spec.containers) == 0 || self.template.spec.containers.exists(c, c.name == (${defaultContainerNameRule('self.template')}) && has(c.command) && size(c.command) > 0)`,
    message: 'must be None unless the template states the command of its main container: the latch stands before it',
    field: 'latch',
    check: ({ latch, template }) => {
      const main = template && defaultContainerOf(template);
      return latch.mode === 'None' || main === undefined || (main.command ?? []).length > 0;
    },
  },
  {
    rule: "!has(self.latch) || !has(self.latch.mode) || self.latch.mode == 'None' || !has(self.fromDeployment)",
    message: 'must be None beside fromDeployment: replicas of a Deployment run as its template says',
    field: 'latch',
    check: ({ latch, fromDeployment }) => latch.mode === 'None' || fromDeployment === undefined,
  },
  {
    rule: "!has(self.renewal) || !has(self.renewal.onFailure) || self.renewal.onFailure == 'Keep' || !has(self.fromDeployment)",
    message: "must have onFailure Keep beside fromDeployment: the template is the Deployment's, roll that back",
    field: 'renewal',
    check: ({ renewal, fromDeployment }) => renewal.onFailure === 'Keep' || fromDeployment === undefined,
  },
  {
    rule: "!has(self.configuration) || !has(self.configuration.secretPath) || has(self.latch) && has(self.latch.mode) && self.latch.mode != 'None'",
    message: 'must not have a secretPath unless there is a latch: only that lets the program wait for its Secret',
    field: 'configuration',
    check: ({ latch, configuration }) => configuration.secretPath === undefined || latch.mode !== 'None',
  },
  {
    rule: '!has(self.template) || self.template.spec.containers.all(c, !has(c.volumeMounts) || !c.volumeMounts.exists(m, m.mountPath == self.configuration.mountPath))',
    message: 'must be a folder that no container of the template mounts already',
    field: 'configuration',
    check: ({ template, configuration: { mountPath } }) =>
      !template?.spec.containers.some(({ volumeMounts = [] }) =>
        volumeMounts.some((mount) => mount.mountPath === mountPath),
      ),
  },
);

export const containerPoolStatus = z.strictObject({
  observedGeneration: count.optional().describe('The generation of the spec that these figures are for.'),
  desired: count
    .optional()
    .describe('Containers to keep ready now: `replicas`, or what demand asks for and waiting claims lack.'),
  replicas: count.default(0).describe('Containers of the pool that are not delivered, ready or not.'),
  ready: count.default(0).describe('Containers that can be delivered now.'),
  starting: count.default(0).describe('Containers of the pool that are not ready yet.'),
  delivered: count.default(0).describe('Containers of this pool that claims, or its Deployment, hold now.'),
  returned: count
    .default(0)
    .describe('Containers that came back from claims, and are being cleaned or wait for a claim of their tenant.'),
  quarantined: count.default(0).describe('Containers that failed in a stage of the line and are kept aside.'),
  updated: count.default(0).describe('Containers in stock that were made from the present template.'),
  hitRate: z
    .string()
    .optional()
    .describe('The share of delivered containers that were in stock when their claim came.'),
  sizing: sizing.optional().describe('How the stock was sized from demand.'),
  template: z.string().optional().describe('The fingerprint of the present template.'),
  renewal: renewalStatus.optional().describe('How far the stock has got with the present template.'),
  selector: z.string().optional().describe('Selects the containers in stock; for the scale subresource.'),
  conditions: conditions
    .optional()
    .describe('Available, Progressing, Exhausted, Degraded, Renewed; Sized for a pool that sizes itself.'),
});

/** A stock sized from demand within these limits, everything else as it is by default. */
export const autoscaleWithin = (limits: { readonly min: number; readonly max: number }): Autoscale =>
  autoscale.parse(limits);

/** Stock renewed within these limits, everything else as it is by default. */
export const renewalWithin = (limits: Partial<Renewal>): Renewal => renewal.parse(limits);
