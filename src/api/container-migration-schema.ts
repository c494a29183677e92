/** What a ContainerMigration may say, field by field. Its types, and the kind as such, are in container-migration.ts. */
import { z } from 'zod';
import { conditions, count, duration, labelValue, objectName } from './fields.js';
import { mostMoved, workloadKinds } from './container-migration.js';
import { ruled } from './schema/rule.js';

export const workload = z.strictObject({
  kind: z.enum(workloadKinds).describe('Its kind. Containers of a StatefulSet, DaemonSet or Job cannot be moved.'),
  name: objectName.describe('Its name; it is in the same namespace.'),
});

export const containerMigrationSpec = ruled(
  z.strictObject({
    from: workload.describe('Whose containers they are.'),
    to: workload.describe('Whose they are to be.'),
    count: z
      .int()
      .min(1)
      .max(mostMoved)
      .optional()
      .describe('How many. Default: as many as can be moved when the migration begins.'),
    order: z.enum(['Oldest', 'Newest']).default('Oldest').describe('Which go first, by when they were made.'),
    tenant: labelValue
      .min(1)
      .optional()
      .describe('On whose behalf: the tenant of the claims that take part, where they have one.'),
    keepSource: z
      .boolean()
      .default(false)
      .describe(
        'Whether a claim or a Deployment gets other containers for those that it gives. Without it it has so many less. A pool is always refilled.',
      ),
    deadline: duration
      .optional()
      .describe('By when it must be done, from its creation; then it ends with what it has moved. Default: none.'),
    paused: z.boolean().default(false).describe('Move no more for now.'),
    cancelled: z
      .boolean()
      .default(false)
      .describe('Give up, and bring back what was moved as far as that can be done.'),
  }),
  {
    rule: 'self.from.kind != self.to.kind || self.from.name != self.to.name',
    message: 'must not be the workload that they come from',
    field: 'to',
    check: ({ from, to }) => from.kind !== to.kind || from.name !== to.name,
  },
);

const moved = z.strictObject({
  name: z.string().max(253).describe('The name of its pod.'),
  containerID: z.string().max(256).optional().describe('The id that its main container had when it was moved.'),
});

export const containerMigrationStatus = z.strictObject({
  observedGeneration: count.optional().describe('The generation of the spec that these figures are for.'),
  desired: count.optional().describe('Containers to be moved, as of its beginning.'),
  moved: count.default(0).describe('Of these, those that have been.'),
  returned: count.optional().describe('Of those, those that were brought back when it was cancelled.'),
  startedAt: z.string().meta({ format: 'date-time' }).optional().describe('When it began.'),
  completedAt: z.string().meta({ format: 'date-time' }).optional().describe('When it ended.'),
  containers: z.array(moved).max(mostMoved).optional().describe('What has been moved.'),
  conditions: conditions.optional().describe('Compatible, Complete.'),
});
