import { Pod } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import { annotations, deletionCost } from '../api/names.js';
import { isOutdated } from '../cluster/errors.js';
import { type JsonOperation, jsonPatch, pointer } from '../cluster/patch.js';
import type { StageContext } from '../line/index.js';
import { leastCost } from './plan-replacement.js';

const at = (name: string): string => pointer('metadata', 'annotations', name);

/** Has the ReplicaSet delete this replica before others, as long as it is asked to go. False: it is not asked any more, or gone. */
export function deleteFirst(pod: Pod, context: StageContext): Promise<boolean> {
  const request = pod.metadata.annotations?.[annotations.evictionRequest];
  return applied(
    pod,
    [
      { op: 'test', path: at(annotations.evictionRequest), value: request },
      { op: 'add', path: at(deletionCost), value: leastCost },
    ],
    context,
  );
}

/** It is as good as any other again. */
export function deleteAsOthers(pod: Pod, context: StageContext): Promise<boolean> {
  const path = at(deletionCost);
  return applied(
    pod,
    [
      { op: 'test', path, value: leastCost },
      { op: 'remove', path },
    ],
    context,
  );
}

async function applied(
  pod: Pod,
  operations: readonly JsonOperation[],
  { cluster, signal }: StageContext,
): Promise<boolean> {
  const patch = jsonPatch([{ op: 'test', path: '/metadata/uid', value: pod.metadata.uid }, ...operations]);
  try {
    await cluster.patch(Pod, nameOf(pod), patch, { flow: 'control', signal });
    return true;
  } catch (error) {
    if (isOutdated(error)) return false;
    throw error;
  }
}
