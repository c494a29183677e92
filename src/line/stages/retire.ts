import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { Conflict, NotFound } from '../../cluster/errors.js';
import { isTerminating } from '../pod-state.js';
import { pass, type Stage } from '../stage.js';
import type { ReclaimWork } from '../work.js';

/** Deletes the container: this very one, never another that came to its name. */
export const retire: Stage<ReclaimWork> = {
  name: 'retire',
  async run(work, { cluster, signal }) {
    const { pod } = work;
    if (isTerminating(pod)) return pass(work);
    try {
      await cluster.remove(Pod, nameOf(pod), { preconditions: { uid: pod.metadata.uid }, flow: 'control', signal });
    } catch (error) {
      if (!(error instanceof NotFound || error instanceof Conflict)) throw error;
    }
    return pass(work);
  },
};
