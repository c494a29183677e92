import type { TemplatedPool } from '../../api/container-pool.js';
import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, labels, states } from '../../api/names.js';
import { Forbidden, Invalid, isOutdated, NotFound } from '../../cluster/errors.js';
import { jsonPatch, pointer, strategicPatch } from '../../cluster/patch.js';
import { mainContainer, mainStatus } from '../main-container.js';
import { fail, pass, retry, type Stage } from '../stage.js';
import type { RestockWork } from '../work.js';
import { hasStated } from './resize/resources.js';

/** Whether the container's size is what its pool's template says, as far as it does, and the kubelet reports it. */
export function hasTemplateSize(pod: Pod, { spec: { template } }: TemplatedPool): boolean {
  const wanted = mainContainer(template)?.resources;
  return hasStated(mainContainer(pod)?.resources, wanted) && hasStated(mainStatus(pod)?.resources, wanted);
}

/** Gives a returned container the size of its pool's template again. */
export const restoreSize: Stage<RestockWork> = {
  name: 'restore-size',
  async run(work, { cluster, signal }) {
    const { pod, pool } = work;
    const wanted = mainContainer(pool.spec.template);
    const main = mainContainer(pod);
    if (!wanted || !main || hasTemplateSize(pod, pool)) return pass(work);
    if (hasStated(main.resources, wanted.resources))
      return retry(work, 'the kubelet has not resized the container yet');
    try {
      const resources = wanted.resources ?? {};
      const patch = strategicPatch({ spec: { containers: [{ name: main.name, resources }] } });
      const resized = await cluster.patch(Pod, nameOf(pod), patch, { subresource: 'resize', flow: 'control', signal });
      return retry({ ...work, pod: resized }, 'the kubelet has not resized the container yet');
    } catch (error) {
      if (error instanceof Forbidden || error instanceof Invalid)
        return fail(work, `its size: ${error.message}`, 'discard');
      if (error instanceof NotFound) return retry(work, 'it is gone');
      throw error;
    }
  },
};

/** Puts a returned container, which is clean by now, into stock: for its tenant, whose mark it keeps. */
export const restock: Stage<RestockWork> = {
  name: 'restock',
  async run(work, { cluster, signal }) {
    const { metadata } = work.pod;
    const state = pointer('metadata', 'labels', labels.state);
    // one that comes late must not hit the container when it has come back once more, and is not clean yet
    const same = [annotations.returnedContainer, annotations.returnedAt].map(
      (key) =>
        ({ op: 'test', path: pointer('metadata', 'annotations', key), value: metadata.annotations?.[key] }) as const,
    );
    const patch = jsonPatch([
      { op: 'test', path: '/metadata/uid', value: metadata.uid },
      { op: 'test', path: state, value: states.returned },
      ...same,
      { op: 'replace', path: state, value: states.kept },
    ]);
    try {
      return pass({ ...work, pod: await cluster.patch(Pod, nameOf(work.pod), patch, { flow: 'control', signal }) });
    } catch (error) {
      if (isOutdated(error)) return retry(work, 'the container has changed since');
      throw error;
    }
  },
};
