import { ContainerClaim } from '../../../api/container-claim.js';
import type { Pod } from '../../../api/kubernetes.js';
import { controllerReference } from '../../../api/meta/kind.js';
import { labels, states } from '../../../api/names.js';
import { type JsonOperation, jsonPatch, type Patch, pointer } from '../../../cluster/patch.js';
import { type Instant, second } from '../../../support/time.js';
import { deliveredMarks, type Marks } from '../../delivered-marks.js';
import { startedAt } from '../../pod-state.js';
import type { DeliverWork } from '../../work.js';

/**
 * The one write that hands a container over: a compare-and-swap on the pod's identity, state and owners, and with it
 * everything that the claim wants of the container. The server applies all of it or, when a test fails, nothing.
 */
export function handOverPatch(work: DeliverWork, term: number, now: Instant): Patch {
  const { pod, claim } = work;
  return jsonPatch([
    ...stillStocked(pod),
    ...marking(pod, deliveredMarks({ ...work, term, now })),
    { op: 'replace', path: '/metadata/ownerReferences', value: [controllerReference(ContainerClaim, claim)] },
    ...lifetime(work, now),
  ]);
}

/** The tests: this very pod, in stock, with the owners that we saw. */
function stillStocked({ metadata }: Pod): readonly JsonOperation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: pointer('metadata', 'labels', labels.state), value: states.stocked },
    { op: 'test', path: '/metadata/ownerReferences', value: metadata.ownerReferences },
  ];
}

/** `add` replaces what is there; each key apart, so that marks which others set meanwhile stay. */
function marking({ metadata }: Pod, marks: Marks): readonly JsonOperation[] {
  const add = (field: 'labels' | 'annotations') =>
    Object.entries(marks[field]).map(
      ([key, value]): JsonOperation => ({ op: 'add', path: pointer('metadata', field, key), value }),
    );
  const missing: readonly JsonOperation[] = metadata.annotations
    ? []
    : [{ op: 'add', path: '/metadata/annotations', value: {} }];
  return [...add('labels'), ...missing, ...add('annotations')];
}

/** The kubelet ends the container even if no operator lives; its deadline counts from the pod's start and can only shrink. */
function lifetime({ pod, expiresAt }: DeliverWork, now: Instant): readonly JsonOperation[] {
  if (expiresAt === undefined) return [];
  const seconds = Math.max(1, Math.ceil((expiresAt - (startedAt(pod) ?? now)) / second));
  const present = pod.spec?.activeDeadlineSeconds;
  return present !== undefined && present <= seconds
    ? []
    : [{ op: 'add', path: '/spec/activeDeadlineSeconds', value: seconds }];
}
