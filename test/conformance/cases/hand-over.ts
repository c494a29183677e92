import { expect } from 'vitest';
import { annotations, labels } from '../../../src/api/names.js';
import { Pod } from '../../../src/api/kubernetes.js';
import { Invalid } from '../../../src/cluster/errors.js';
import { type JsonOperation, jsonPatch, type Patch, pointer } from '../../../src/cluster/patch.js';
import { type Case, collect, createBoundPod, createPod, outcome, type World } from '../case.js';

const owner = (name: string) => ({
  apiVersion: 'penstock.dev/v1alpha1',
  kind: name === 'pool' ? 'ContainerPool' : 'ContainerClaim',
  name,
  uid: `00000000-0000-4000-8000-00000000000${name.length}`,
  controller: true,
  blockOwnerDeletion: true,
});

const stocked = (world: World, name = 'p') =>
  createPod(world, {
    metadata: {
      name,
      namespace: world.namespace,
      labels: { app: 'web', [labels.pool]: 'pool', [labels.state]: 'stocked' },
      annotations: { [annotations.safeToEvict]: 'true' },
      ownerReferences: [owner('pool')],
    },
  });

const metadata = (...steps: string[]) => pointer('metadata', ...steps);

/** The patch with which a container changes hands. */
const handOverPatch = (pod: Pod, claim: string, more: readonly JsonOperation[] = []): Patch =>
  jsonPatch([
    { op: 'test', path: metadata('uid'), value: pod.metadata.uid },
    { op: 'test', path: metadata('labels', labels.state), value: 'stocked' },
    { op: 'test', path: metadata('ownerReferences'), value: pod.metadata.ownerReferences },
    { op: 'replace', path: metadata('labels', labels.state), value: 'delivered' },
    { op: 'add', path: metadata('labels', labels.claim), value: claim },
    { op: 'replace', path: metadata('ownerReferences'), value: [owner(claim)] },
    { op: 'add', path: metadata('annotations', annotations.claimUid), value: owner(claim).uid },
    { op: 'add', path: metadata('annotations', annotations.index), value: '0' },
    { op: 'replace', path: metadata('annotations', annotations.safeToEvict), value: 'false' },
    ...more,
  ]);

const refOf = ({ metadata: { namespace, name } }: Pod) => ({ namespace: namespace ?? '', name });

export const handOver: readonly Case[] = [
  {
    name: 'one patch changes state, owner, labels, annotations and deadline at once',
    async run(world) {
      const pod = await stocked(world);
      const deadline: JsonOperation = { op: 'add', path: '/spec/activeDeadlineSeconds', value: 600 };
      const got = await world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim', [deadline]));
      expect(got.metadata.labels).toEqual({
        app: 'web',
        [labels.pool]: 'pool',
        [labels.state]: 'delivered',
        [labels.claim]: 'claim',
      });
      expect(got.metadata.ownerReferences).toEqual([owner('claim')]);
      expect(got.metadata.annotations).toEqual({
        [annotations.claimUid]: owner('claim').uid,
        [annotations.index]: '0',
        [annotations.safeToEvict]: 'false',
      });
      expect(got.spec?.activeDeadlineSeconds).toBe(600);
      expect(got.metadata.uid).toBe(pod.metadata.uid);
      expect(got.metadata.creationTimestamp).toBe(pod.metadata.creationTimestamp);
      expect(got.metadata.generation).toBe(2);
      expect(Number(got.metadata.resourceVersion)).toBeGreaterThan(Number(pod.metadata.resourceVersion));
      expect(await world.cluster.get(Pod, refOf(pod))).toEqual(got);
    },
  },
  {
    name: 'of two claimants the second gets 422, and the pod stays the first one’s',
    async run(world) {
      const pod = await stocked(world);
      const first = await world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim'));
      const error = await world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'other')).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Invalid);
      expect(error).toMatchObject({ code: 422, reason: 'Invalid', outcome: 'refused' });
      expect(await world.cluster.get(Pod, refOf(pod))).toEqual(first);
    },
  },
  {
    name: 'of twenty claimants at once exactly one gets it',
    async run(world) {
      const pod = await stocked(world);
      const claims = Array.from({ length: 20 }, (_, index) => `claim-${index}`);
      const results = await Promise.all(
        claims.map((claim) => outcome(world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, claim)))),
      );
      expect(results.filter((result) => result === 'ok')).toHaveLength(1);
      expect(new Set(results)).toEqual(new Set(['ok', '422 Invalid']));
      const got = await world.cluster.get(Pod, refOf(pod));
      expect(got.metadata.labels?.[labels.claim]).toBe(claims[results.indexOf('ok')]);
    },
  },
  {
    name: 'a tested owner list that has changed refuses the patch',
    async run(world) {
      const pod = await stocked(world);
      const another = { ...owner('another'), controller: false };
      await world.cluster.patch(
        Pod,
        refOf(pod),
        jsonPatch([{ op: 'add', path: metadata('ownerReferences', '-'), value: another }]),
      );
      expect(await outcome(world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim')))).toBe('422 Invalid');
    },
  },
  {
    name: 'a pod of the same name with another uid is not taken',
    async run(world) {
      const pod = await stocked(world);
      await world.cluster.remove(Pod, refOf(pod), { gracePeriodSeconds: 0 });
      await stocked(world);
      expect(await outcome(world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim')))).toBe('422 Invalid');
    },
  },
  {
    name: 'a terminating pod takes the patch and says that it is terminating',
    async run(world) {
      const pod = await createBoundPod(world, {
        metadata: {
          name: 'p',
          namespace: world.namespace,
          labels: { [labels.state]: 'stocked' },
          annotations: { [annotations.safeToEvict]: 'true' },
          ownerReferences: [owner('pool')],
        },
      });
      const terminating = await world.cluster.remove(Pod, refOf(pod));
      expect(terminating?.metadata.deletionTimestamp).toBeDefined();
      const got = await world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim'));
      expect(got.metadata.deletionTimestamp).toBe(terminating?.metadata.deletionTimestamp);
      expect(got.metadata.labels?.[labels.state]).toBe('delivered');
    },
  },
  {
    name: 'a missing pod is NotFound',
    async run(world) {
      const pod = await stocked(world);
      await world.cluster.remove(Pod, refOf(pod), { gracePeriodSeconds: 0 });
      expect(await outcome(world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim')))).toBe('404 NotFound');
    },
  },
  {
    name: 'a patch that changes nothing leaves the version alone and makes no event',
    async run(world) {
      const pod = await stocked(world);
      const nothing = jsonPatch([{ op: 'replace', path: metadata('labels', labels.state), value: 'stocked' }]);
      const got = await world.cluster.patch(Pod, refOf(pod), nothing);
      expect(got).toEqual(pod);
      const changed = await world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim'));
      const query = { namespace: world.namespace, since: pod.metadata.resourceVersion };
      const events = await collect(world.cluster, Pod, query, ({ length }) => length === 1);
      expect(events).toEqual([{ type: 'MODIFIED', object: changed }]);
    },
  },
  {
    name: 'two controllers are refused',
    async run(world) {
      const pod = await stocked(world);
      const second = jsonPatch([{ op: 'add', path: metadata('ownerReferences', '-'), value: owner('claim') }]);
      expect(await outcome(world.cluster.patch(Pod, refOf(pod), second))).toBe('422 Invalid metadata.ownerReferences');
    },
  },
  {
    name: 'a patch that tests an old resourceVersion is refused, one that writes it conflicts',
    async run(world) {
      const pod = await stocked(world);
      await world.cluster.patch(Pod, refOf(pod), handOverPatch(pod, 'claim'));
      const { resourceVersion } = pod.metadata;
      const tests = jsonPatch([{ op: 'test', path: metadata('resourceVersion'), value: resourceVersion }]);
      expect(await outcome(world.cluster.patch(Pod, refOf(pod), tests))).toBe('422 Invalid');
      const writes = jsonPatch([
        { op: 'replace', path: metadata('resourceVersion'), value: resourceVersion },
        { op: 'add', path: metadata('labels', 'late'), value: 'yes' },
      ]);
      expect(await outcome(world.cluster.patch(Pod, refOf(pod), writes))).toBe('409 Conflict');
    },
  },
];
