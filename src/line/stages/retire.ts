import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { Conflict, NotFound } from '../../cluster/errors.js';
import { second } from '../../support/time.js';
import { isTerminating } from '../pod-state.js';
import { pass, retry, type Stage } from '../stage.js';
import type { ReclaimWork } from '../work.js';

/**
 * Deletes the container: this very one, as it was when that was decided. One that has changed since may have been handed
 * over in between, or have got another number: then it is for the next reconcile to decide anew.
 */
export const retire: Stage<ReclaimWork> = {
  name: 'retire',
  async run(work, { cluster, signal }) {
    const { pod } = work;
    if (isTerminating(pod)) return pass(work);
    const { uid, resourceVersion } = pod.metadata;
    try {
      await cluster.remove(Pod, nameOf(pod), { preconditions: { uid, resourceVersion }, flow: 'control', signal });
    } catch (error) {
      if (error instanceof Conflict) return retry(work, 'the container has changed since', second);
      if (!(error instanceof NotFound)) throw error;
    }
    return pass(work);
  },
};
