import { Pod } from '../../api/kubernetes.js';
import { pass, type Stage } from '../stage.js';
import { stockedPod } from '../pod-template.js';
import type { ProduceWork } from '../work.js';

/** Creates the container's pod, owned by its pool and in stock as soon as it is ready. */
export const provision: Stage<ProduceWork> = {
  name: 'provision',
  async run(work, { cluster, signal }) {
    if (work.pod) return pass(work);
    const pod = await cluster.create(Pod, stockedPod(work.pool), { flow: 'refill', signal });
    return pass({ ...work, pod });
  },
};
