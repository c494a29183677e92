import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations } from '../../api/names.js';
import { isOutdated } from '../../cluster/errors.js';
import { type JsonOperation, jsonPatch, pointer } from '../../cluster/patch.js';
import { pass, type Stage } from '../stage.js';
import type { RenumberWork, Slot } from '../work.js';

/** What has failed before under its new number; under the old one it counts in the container that keeps that. */
function failuresOf({ metadata }: Pod, { failures }: Slot): readonly JsonOperation[] {
  const path = pointer('metadata', 'annotations', annotations.failures);
  if (failures !== undefined) return [{ op: 'add', path, value: String(failures) }];
  return metadata.annotations?.[annotations.failures] === undefined ? [] : [{ op: 'remove', path }];
}

/** Gives a surplus container another number of its claim. Whoever else has changed it since wins. */
export const renumber: Stage<RenumberWork> = {
  name: 'renumber',
  async run(work, { cluster, term, signal }) {
    const { claim, pod, from, to } = work;
    const index = pointer('metadata', 'annotations', annotations.index);
    const patch = jsonPatch([
      { op: 'test', path: '/metadata/uid', value: pod.metadata.uid },
      { op: 'test', path: pointer('metadata', 'annotations', annotations.claimUid), value: claim.metadata.uid },
      { op: 'test', path: index, value: String(from.index) },
      { op: 'replace', path: index, value: String(to.index) },
      { op: 'add', path: pointer('metadata', 'annotations', annotations.term), value: String(term) },
      ...failuresOf(pod, to),
    ]);
    try {
      await cluster.patch(Pod, nameOf(pod), patch, { flow: 'delivery', signal });
    } catch (error) {
      if (!isOutdated(error)) throw error;
    }
    return pass(work);
  },
};
