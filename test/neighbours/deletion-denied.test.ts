/** Somebody protects one container from deletion, by a policy of a real API server: everything else goes on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../src/api/administration.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import { AlreadyExists } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { findCondition, isTrue } from '../../src/runtime/index.js';
import { messageOf } from '../../src/support/errors.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { namespace, Scene } from '../server-faults/scene.js';

const words = 'this pod is under investigation';
const image = (name: string) => ({ spec: { containers: [{ name: 'main', image: name }] } });
const ref = (name: string) => ({ namespace, name });
const policy = { name: 'keep' };

describe.skipIf(lacks(controlPlaneWithControllers, 'denied deletions'))('a policy that denies a deletion', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ controllers: true });
    await scene.cluster.create(ValidatingAdmissionPolicy, {
      metadata: policy,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] }],
        },
        validations: [{ expression: "!('keep' in oldObject.metadata.?labels.orValue({}))", message: words }],
      },
    });
    await scene.cluster.create(ValidatingAdmissionPolicyBinding, {
      metadata: policy,
      spec: { policyName: policy.name, validationActions: ['Deny'] },
    });
    // it is in force a moment later; a deletion that is under way then may be refused and go on all the same, as the server asks twice
    await scene.until('the policy to be in force', deletionOfProbe, (said) => said.includes(words));
    await scene.cluster.create(Pod, protectedPod('another'));
  });
  afterAll(() => scene?.close());

  const protectedPod = (name: string) => ({
    metadata: { ...ref(name), labels: { keep: '' } },
    spec: image('registry.test/app:1').spec,
  });
  /** What the server says to the deletion of a protected pod: its refusal, or nothing where it went. */
  const deletionOfProbe = async (): Promise<string> => {
    await scene.cluster.create(Pod, protectedPod('probe')).catch((error: unknown) => {
      if (!(error instanceof AlreadyExists)) throw error;
    });
    return scene.cluster.remove(Pod, ref('probe'), { gracePeriodSeconds: 0 }).then(() => '', messageOf);
  };
  const pool = () => scene.cluster.get(ContainerPool, ref('boxes'));
  const claim = (name: string) => scene.cluster.get(ContainerClaim, ref(name));
  const podsOf = async (selector: string) => (await scene.cluster.list(Pod, { namespace, labels: selector })).items;
  const stock = () => podsOf(`${labels.pool}=boxes,${labels.state}=stocked`);
  const images = (pods: readonly Pod[]) => pods.map(({ spec }) => spec?.containers[0]?.image ?? '').toSorted();
  const degraded = ({ status }: ContainerPool | ContainerClaim) => findCondition(status?.conditions, 'Degraded');
  const protect = async (pods: readonly Pod[]) => {
    const name = pods[0]?.metadata.name ?? '';
    await scene.cluster.patch(Pod, ref(name), mergePatch({ metadata: { labels: { keep: '' } } }));
    return name;
  };

  it('keeps that container, and nothing else, until it is gone', async () => {
    await scene.operator();
    await scene.pool('boxes', { replicas: 3, template: image('registry.test/app:1') });
    await scene.full('boxes');
    const items = [{ name: 'job', count: 2 }];
    await scene.claim('short', { pool: { name: 'boxes' }, items, lifetime: '12s' });
    await scene.ready('short');
    const inClaim = await protect(await podsOf(`${labels.claim}=short`));
    const ended = await scene.until(
      'the claim to end',
      () => claim('short'),
      (seen) => isTrue(seen.status?.conditions, 'Degraded'),
    );
    expect(ended.status).toMatchObject({ allocated: 1 });
    expect(isTrue(ended.status?.conditions, 'Finished')).toBe(true);
    expect(degraded(ended)?.message).toMatch(new RegExp(`^pod ${inClaim} cannot be deleted: .*${words}$`));
    await scene.until(
      'the other container to go',
      () => podsOf(`${labels.claim}=short`),
      ({ length }) => length === 1,
    );

    await scene.full('boxes', 1);
    const inStock = await protect(await stock());
    await scene.cluster.patch(
      ContainerPool,
      ref('boxes'),
      mergePatch({ spec: { template: image('registry.test/app:2') } }),
    );
    const renewed = await scene.until(
      'a renewed stock',
      pool,
      ({ status }) => status?.updated === 3 && status.ready === 3,
    );
    expect(isTrue(renewed.status?.conditions, 'Renewed')).toBe(true);
    const told = await scene.until('the pool to say so', pool, (seen) => degraded(seen)?.status === 'True');
    expect(degraded(told)?.message).toMatch(new RegExp(`^pod ${inStock} cannot be deleted: .*${words}$`));
    expect(images(await stock())).toEqual(['registry.test/app:1', ...Array(3).fill('registry.test/app:2')]);
    await scene.claim('three', { pool: { name: 'boxes' }, items: [{ name: 'job', count: 3 }] });
    await scene.ready('three');
    expect(images(await podsOf(`${labels.claim}=three`))).toEqual(Array(3).fill('registry.test/app:2'));

    await scene.cluster.remove(ValidatingAdmissionPolicyBinding, policy);
    await scene.full('boxes', 3);
    await scene.until('all to be well', pool, (seen) => degraded(seen)?.status === 'False');
    await scene.until(
      'all to be well',
      () => claim('short'),
      (seen) => degraded(seen)?.status === 'False',
    );
    const kept = (await podsOf('keep')).map(({ metadata }) => metadata.name);
    expect(kept.filter((name) => name !== 'probe')).toEqual(['another']);
  });
});
