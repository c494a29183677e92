import type { ClaimItem } from '../../api/container-claim.js';
import { ContainerPool, type TemplatedPool } from '../../api/container-pool.js';
import { Pod } from '../../api/kubernetes.js';
import { controllerReference } from '../../api/meta/kind.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, labels, states } from '../../api/names.js';
import { Forbidden, Invalid, isOutdated, NotFound } from '../../cluster/errors.js';
import { type JsonOperation, jsonPatch, type Patch, pointer } from '../../cluster/patch.js';
import { type Instant, microTimestamp } from '../../support/time.js';
import { foreignObjection } from '../foreign.js';
import { hasOtherImage } from '../image.js';
import { awaitsSecret, comesBack } from '../latch/pod-latch.js';
import { mainContainer, mainContainerId } from '../main-container.js';
import { claimUidOf, isOver, isReadyForDelivery, isTerminating, tenantOf } from '../pod-state.js';
import { stockedMarks, templateFingerprint } from '../pod-template.js';
import { fail, pass, retry, type Stage } from '../stage.js';
import type { ReturnWork } from '../work.js';
import { removeDelivered } from './bring-secret.js';

/** The claim's marks on a container, beside those of its item. */
export const claimsMarks = {
  labels: [labels.claim],
  annotations: [
    annotations.claimUid,
    annotations.index,
    annotations.item,
    annotations.size,
    annotations.term,
    annotations.failures,
    annotations.restarts,
    annotations.replaces,
    annotations.origin,
    annotations.deliveredAt,
    annotations.remindedAt,
    annotations.latch,
    annotations.line,
    annotations.passed,
    annotations.failed,
  ],
} as const;

/**
 * Gives a supervised container back to its pool: without its delivery the latch ends the program, removes what it left
 * behind, and waits. The container stays its tenant's, and out of stock until that is done.
 */
export const takeBack: Stage<ReturnWork> = {
  name: 'take-back',
  async run(work, context) {
    const { pod } = work;
    try {
      // first: once the container is no claim's any more, nobody would come back for it
      if (awaitsSecret(pod)) await removeDelivered(pod, work.claim.metadata.uid, context);
      const patch = returnPatch(work, context.clock.now());
      const returned = await context.cluster.patch(Pod, nameOf(pod), patch, {
        flow: 'control',
        signal: context.signal,
      });
      return pass({ ...work, pod: returned });
    } catch (error) {
      if (error instanceof NotFound) return pass(work);
      if (isOutdated(error)) return retry(work, 'the container has changed since');
      // its Secret would stay with it
      if (error instanceof Forbidden || error instanceof Invalid)
        return fail(work, `it cannot be taken back: ${error.message}`, 'discard');
      throw error;
    }
  },
};

/** Whether the container can serve its tenant again; else it is retired. */
export const canReturn = (work: ReturnWork): boolean => returnObjection(work) === undefined;

/** Why the container cannot serve its tenant again, in a sentence; `undefined`: it can. */
export function returnObjection({ pod, claim, pool }: ReturnWork): string | undefined {
  const { metadata, spec } = pool;
  if (!comesBack(pod, claim))
    return `it does not come back: only containers of a pool with latch.mode Supervise and latch.reuse SameTenant do, for claims with a tenant`;
  // made under a rule that has changed since, or from another template: nobody would want it
  if (spec.latch.reuse === 'Never') return `pool ${metadata.name} takes nothing back any more (spec.latch.reuse)`;
  if (metadata.deletionTimestamp !== undefined) return `pool ${metadata.name} is being deleted`;
  if (pod.metadata.labels?.[labels.template] !== templateFingerprint(pool))
    return `it was made from another template than pool ${metadata.name} has now`;
  if (hasOtherImage(pod)) return 'its image was changed for its claim';
  if (tenantOf(pod) !== claim.spec.tenant) return 'it has served another tenant';
  if (!claim.spec.items.every((item) => canRestore(item, pool)))
    return 'it was resized, and the template does not state the size that it had before';
  if (claimUidOf(pod) !== claim.metadata.uid) return "it is not the claim's";
  if (isTerminating(pod) || isOver(pod)) return 'it has ended';
  if (mainContainerId(pod) === undefined || !isReadyForDelivery(pod)) return 'it does not run as it should';
  return foreignObjection(pod, pool);
}

/** What the template does not state came from elsewhere (a LimitRange): once resized, nobody knows what it was. */
function canRestore({ resources, shape }: ClaimItem, { spec: { template, shapes = [] } }: TemplatedPool): boolean {
  const size = resources ?? shapes.find(({ name }) => name === shape)?.resources;
  const stated = mainContainer(template)?.resources;
  return (['requests', 'limits'] as const).every((bound) =>
    Object.keys(size?.[bound] ?? {}).every((resource) => stated?.[bound]?.[resource] !== undefined),
  );
}

function returnPatch(work: ReturnWork, now: Instant): Patch {
  const { pod, pool } = work;
  const back: Readonly<Record<string, string>> = {
    ...stockedMarks(pool).annotations,
    [annotations.returnedAt]: microTimestamp(now),
    [annotations.returnedContainer]: mainContainerId(pod) ?? '',
    ...work.marks,
  };
  return jsonPatch([
    { op: 'test', path: '/metadata/uid', value: pod.metadata.uid },
    { op: 'test', path: pointer('metadata', 'annotations', annotations.claimUid), value: work.claim.metadata.uid },
    // a mark that has come since would stay: that its kubelet was reminded, say, of what is over now
    { op: 'test', path: '/metadata/resourceVersion', value: pod.metadata.resourceVersion },
    ...restoring('labels', work, { ...stockedMarks(pool).labels, [labels.state]: states.returned }),
    ...restoring('annotations', work, back),
    { op: 'replace', path: '/metadata/ownerReferences', value: [controllerReference(ContainerPool, pool)] },
  ]);
}

/** Takes away what the claim has set, and sets what a container of the pool has; marks of others stay. */
function restoring(
  field: 'labels' | 'annotations',
  { pod, claim }: ReturnWork,
  stocked: Readonly<Record<string, string>>,
): readonly JsonOperation[] {
  const present = pod.metadata[field] ?? {};
  const items = claim.spec.items.flatMap((item) => Object.keys(item[field] ?? {}));
  const set = new Set<string>([...claimsMarks[field], ...items]);
  return [
    ...[...set]
      .filter((key) => key in present && !(key in stocked))
      .map((key): JsonOperation => ({ op: 'remove', path: pointer('metadata', field, key) })),
    ...Object.entries(stocked)
      .filter(([key, value]) => present[key] !== value)
      .map(([key, value]): JsonOperation => ({ op: 'add', path: pointer('metadata', field, key), value })),
  ];
}
