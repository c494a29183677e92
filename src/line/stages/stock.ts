import { z } from 'zod';
import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, labels, states } from '../../api/names.js';
import { isOutdated } from '../../cluster/errors.js';
import { jsonPatch, pointer } from '../../cluster/patch.js';
import { microTimestamp, second } from '../../support/time.js';
import { isProducing } from '../pod-state.js';
import { pass, retry, type Stage } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { ProduceWork } from '../work.js';

const state = pointer('metadata', 'labels', labels.state);

/** Puts a container that has been through the stages before it into stock: from then on claims can have it. */
export const stock = stageType({
  name: 'stock',
  about: 'Puts the container into stock. Before that nobody gets it.',
  settings: z.strictObject({}),
  make: (): Stage<ProduceWork> => ({
    name: 'stock',
    async run(work, { cluster, clock, signal }) {
      const { pod } = work;
      if (!pod || !isProducing(pod)) return pass(work);
      const patch = jsonPatch([
        { op: 'test', path: '/metadata/uid', value: pod.metadata.uid },
        { op: 'test', path: state, value: states.producing },
        { op: 'replace', path: state, value: states.stocked },
        ...(pod.metadata.annotations ? [] : [{ op: 'add', path: '/metadata/annotations', value: {} } as const]),
        {
          op: 'add',
          path: pointer('metadata', 'annotations', annotations.stockedAt),
          value: microTimestamp(clock.now()),
        },
      ]);
      try {
        return pass({ ...work, pod: await cluster.patch(Pod, nameOf(pod), patch, { flow: 'refill', signal }) });
      } catch (error) {
        if (isOutdated(error)) return retry(work, 'it has changed since', second);
        throw error;
      }
    },
  }),
});
