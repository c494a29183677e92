import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, origins, stockGate } from '../../api/names.js';
import { isOutdated, NotFound } from '../../cluster/errors.js';
import { jsonPatch, type Patch, pointer } from '../../cluster/patch.js';
import { second } from '../../support/time.js';
import { isGated } from '../pod-state.js';
import { pass, retry, type Stage } from '../stage.js';
import type { GatedWork } from '../work.js';

/** Lets a pod that waits for the stock be scheduled, and notes that it starts cold. Gates of others stay. */
export const openGate: Stage<GatedWork> = {
  name: 'open-gate',
  async run(work, { cluster, signal }) {
    const { pod } = work;
    if (!isGated(pod)) return pass(work);
    try {
      return pass({ pod: await cluster.patch(Pod, nameOf(pod), openPatch(pod), { flow: 'delivery', signal }) });
    } catch (error) {
      if (error instanceof NotFound) return pass(work);
      if (isOutdated(error)) return retry(work, 'its gates have changed', second);
      throw error;
    }
  },
};

/** Takes our gate off a pod that has it, as long as its gates are those that were read. */
export function openPatch({ metadata, spec }: Pod): Patch {
  const gates = spec?.schedulingGates ?? [];
  return jsonPatch([
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: '/spec/schedulingGates', value: gates },
    { op: 'replace', path: '/spec/schedulingGates', value: gates.filter(({ name }) => name !== stockGate) },
    ...(metadata.annotations ? [] : [{ op: 'add', path: '/metadata/annotations', value: {} } as const]),
    { op: 'add', path: pointer('metadata', 'annotations', annotations.origin), value: origins.cold },
  ]);
}
