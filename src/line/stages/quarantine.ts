import { ContainerPool } from '../../api/container-pool.js';
import { Pod } from '../../api/kubernetes.js';
import { controllerReference } from '../../api/meta/kind.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, labels, states } from '../../api/names.js';
import { isOutdated } from '../../cluster/errors.js';
import { jsonPatch, pointer } from '../../cluster/patch.js';
import { microTimestamp } from '../../support/time.js';
import { pass, type Stage } from '../stage.js';
import type { QuarantineWork } from '../work.js';

/** As much of the reason as a note takes. */
const longestReason = 500;

/** Puts a container aside: the pool's again, in no stock, and running on as it was, to be looked at. */
export const quarantine: Stage<QuarantineWork> = {
  name: 'quarantine',
  async run(work, { cluster, clock, signal }) {
    const { pod, pool, why } = work;
    const { metadata } = pod;
    const label = (key: string) => pointer('metadata', 'labels', key);
    const note = (key: string) => pointer('metadata', 'annotations', key);
    const patch = jsonPatch([
      { op: 'test', path: '/metadata/uid', value: metadata.uid },
      { op: 'test', path: label(labels.state), value: metadata.labels?.[labels.state] },
      { op: 'replace', path: label(labels.state), value: states.quarantined },
      ...(metadata.labels?.[labels.claim] === undefined ? [] : [{ op: 'remove', path: label(labels.claim) } as const]),
      ...(metadata.annotations ? [] : [{ op: 'add', path: '/metadata/annotations', value: {} } as const]),
      { op: 'add', path: note(annotations.quarantinedAt), value: microTimestamp(clock.now()) },
      { op: 'add', path: note(annotations.quarantineReason), value: why.slice(0, longestReason) },
      { op: 'add', path: '/metadata/ownerReferences', value: [controllerReference(ContainerPool, pool)] },
    ]);
    try {
      return pass({ ...work, pod: await cluster.patch(Pod, nameOf(pod), patch, { flow: 'control', signal }) });
    } catch (error) {
      // it is gone, or somebody else has decided over it
      if (isOutdated(error)) return pass(work);
      throw error;
    }
  },
};
