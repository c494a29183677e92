import { PodGroup } from '../../api/pod-group.js';
import { keyOf } from '../../api/meta/resource.js';
import type { Informers } from '../../runtime/index.js';
import type { PodGroups } from '../gang.js';

/** PodGroups as the informers show them. `changed`: called when one has come, changed, or gone (`undefined`). */
export function watchPodGroups(
  informers: Informers,
  changed: (namespace: string, name: string, group: PodGroup | undefined) => void,
): PodGroups {
  const informer = informers.of(PodGroup);
  const tell = ({ metadata: { namespace = '', name } }: PodGroup, group?: PodGroup) => changed(namespace, name, group);
  informer.addHandler({
    add: (group) => tell(group, group),
    update: (_old, group) => tell(group, group),
    delete: (group) => tell(group),
  });
  return { served: true, find: (namespace, name) => informer.get(keyOf({ namespace, name })) };
}
