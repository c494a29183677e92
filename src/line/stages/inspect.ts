import { z } from 'zod';
import type { Pod } from '../../api/kubernetes.js';
import { isReadyForDelivery } from '../pod-state.js';
import { fail, pass, retry, type Stage } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { ProduceWork } from '../work.js';

const settings = z.strictObject({
  maxRestarts: z.int().min(0).max(1000).default(0).describe('How often its containers may have restarted, together.'),
  digests: z
    .array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a digest such as sha256:0123… with 64 digits'))
    .min(1)
    .max(64)
    .optional()
    .describe('The digests that the images of its containers may have. Default: any.'),
});

/** Looks at what the kubelet reports of the container, before it goes into stock. */
export const inspect = stageType({
  name: 'inspect',
  about:
    'Looks at what has become of the container: whether it runs, how often it has restarted, and whether its images are the ones that they should be, by digest.',
  settings,
  make: (given): Stage<ProduceWork> => ({
    name: 'inspect',
    async run(work) {
      if (!work.pod || !isReadyForDelivery(work.pod)) return retry(work, 'it is not ready');
      const objection = objectionTo(work.pod, given);
      return objection === undefined ? pass(work) : fail(work, objection, 'replace');
    },
  }),
});

/** What speaks against the container. Pure. */
export function objectionTo({ status }: Pod, given: z.output<typeof settings>): string | undefined {
  const containers = status?.containerStatuses ?? [];
  const restarts = containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
  if (restarts > given.maxRestarts) return `it has restarted ${restarts} times, ${given.maxRestarts} are allowed`;
  const { digests } = given;
  const strange = digests && containers.find(({ imageID }) => !digests.some((digest) => imageID.endsWith(digest)));
  return strange && `container ${strange.name} has the image ${strange.imageID}, which is none of those allowed`;
}
