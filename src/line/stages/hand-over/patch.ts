import type { Pod } from '../../../api/kubernetes.js';
import { labels } from '../../../api/names.js';
import { type JsonOperation, jsonPatch, type Patch, pointer } from '../../../cluster/patch.js';
import { type Instant, second } from '../../../support/time.js';
import { atMainContainer, mainContainer } from '../../main-container.js';
import { startedAt } from '../../pod-state.js';
import type { Target } from './target.js';

/**
 * The one write that hands a container over: a compare-and-swap on the pod's identity, state and owners, and with it
 * everything that the container gets on the way. The server applies all of it or, when a test fails, nothing.
 */
export function handOverPatch(pod: Pod, target: Target, now: Instant): Patch {
  return jsonPatch([
    ...asSeen(pod),
    ...marking(pod, target),
    { op: 'replace', path: '/metadata/ownerReferences', value: [target.owner] },
    ...otherImage(pod, target),
    ...lifetime(pod, target, now),
  ]);
}

/**
 * The tests: this very pod, standing where we saw it (one that has served a tenant since is not for anybody), with the owners that
 * we saw. A replica of a Deployment stands nowhere: its owner says whose it is.
 */
function asSeen({ metadata }: Pod): readonly JsonOperation[] {
  const state = metadata.labels?.[labels.state];
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    ...(state === undefined
      ? []
      : [{ op: 'test', path: pointer('metadata', 'labels', labels.state), value: state } as const]),
    { op: 'test', path: '/metadata/ownerReferences', value: metadata.ownerReferences },
  ];
}

/** `add` replaces what is there; each key apart, so that marks which others set meanwhile stay. */
function marking({ metadata }: Pod, { marks, dropped = [], droppedLabels = [] }: Target): readonly JsonOperation[] {
  const add = (field: 'labels' | 'annotations') =>
    Object.entries(marks[field]).map(
      ([key, value]): JsonOperation => ({ op: 'add', path: pointer('metadata', field, key), value }),
    );
  const missing = (['labels', 'annotations'] as const)
    .filter((field) => !metadata[field])
    .map((field): JsonOperation => ({ op: 'add', path: pointer('metadata', field), value: {} }));
  const paths = [
    ...dropped.map((key) => pointer('metadata', 'annotations', key)),
    ...droppedLabels.map((key) => pointer('metadata', 'labels', key)),
  ];
  // what somebody else has removed meanwhile cannot be removed: added first, it surely can
  const drop = paths.flatMap((path): readonly JsonOperation[] => [
    { op: 'add', path, value: '' },
    { op: 'remove', path },
  ]);
  return [...missing, ...add('labels'), ...add('annotations'), ...drop];
}

/** The kubelet restarts the container for it, whatever the pod's restart policy. */
function otherImage(pod: Pod, { image }: Target): readonly JsonOperation[] {
  const at = atMainContainer(pod, 'image');
  if (image === undefined || !at) return [];
  return [
    at.test,
    { op: 'test', path: at.path, value: mainContainer(pod)?.image },
    { op: 'replace', path: at.path, value: image },
  ];
}

/** The kubelet ends the container even if no operator lives; its deadline counts from the pod's start and can only shrink. */
function lifetime(pod: Pod, { expiresAt }: Target, now: Instant): readonly JsonOperation[] {
  if (expiresAt === undefined) return [];
  const seconds = Math.max(1, Math.ceil((expiresAt - (startedAt(pod) ?? now)) / second));
  const present = pod.spec?.activeDeadlineSeconds;
  return present !== undefined && present <= seconds
    ? []
    : [{ op: 'add', path: '/spec/activeDeadlineSeconds', value: seconds }];
}
