import { z } from 'zod';
import { duration } from './fields.js';
import { ruled } from './schema/rule.js';

/** How a container of a pool waits for its delivery. */

/** The image of which the latch takes its busybox: any that has a static one as /bin/busybox. */
export const defaultLatchImage = 'busybox:1.37-musl';

export const latch = ruled(
  z.strictObject({
    mode: z
      .enum(['Exec', 'Supervise', 'None'])
      .default('None')
      .describe(
        "None: the program runs in stock and reads its configuration from files when it comes. Exec: the main container's command waits for delivery and then becomes the program, with the claim's environment. Supervise: the same, but what waits stays the program's parent, so that the container can be used again.",
      ),
    image: z
      .string()
      .min(1)
      .max(1024)
      .default(defaultLatchImage)
      .describe('An image with a static busybox as /bin/busybox; only an init container uses it.'),
    reuse: z
      .enum(['Never', 'SameTenant'])
      .default('Never')
      .describe(
        'What becomes of a container whose claim has gone. Never: it is deleted. SameTenant: what the claim left behind is removed, and it waits for the next claim of the same spec.tenant.',
      ),
    keepFor: duration.default('10m').describe('How long a container that came back waits for a claim of its tenant.'),
    grace: duration.default('5s').describe('How long the program has to end when its claim goes, before it is killed.'),
    scrubDeadline: duration
      .default('10s')
      .describe('How long removing what a claim left behind may take; beyond it the container is not used again.'),
  }),
  {
    rule: "!has(self.reuse) || self.reuse == 'Never' || has(self.mode) && self.mode == 'Supervise'",
    message:
      'must be Never unless mode is Supervise: only a program that has a parent can be ended and cleaned up after',
    field: 'reuse',
    check: ({ reuse, mode }) => reuse === 'Never' || mode === 'Supervise',
  },
);

/** The latch of a pool that does without. */
export const noLatch = latch.parse({});

export type LatchMode = z.output<typeof latch>['mode'];
