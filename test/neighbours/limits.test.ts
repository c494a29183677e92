/** Pools and claims in a namespace with a ResourceQuota or a LimitRange. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import { nameOf, type Resource } from '../../src/api/meta/resource.js';
import { labels } from '../../src/api/names.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { findCondition } from '../../src/runtime/index.js';
import { second } from '../../src/support/time.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { namespace, Scene } from '../server-faults/scene.js';
import { LimitRange, ResourceQuota } from './kinds.js';

const container = { name: 'main', image: 'registry.test/app:1' };

describe.skipIf(lacks(controlPlaneWithControllers, 'quotas and limits'))('in a namespace with limits', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ controllers: true });
  });
  afterEach(async () => {
    await removeAll(ResourceQuota);
    await removeAll(LimitRange);
    await scene.clear();
    await scene.cluster.remove(ContainerPool, { namespace, name: 'boxes' });
    await scene.operator();
    await scene.until(
      'no pods',
      () => scene.cluster.list(Pod, { namespace }),
      ({ items }) => items.length === 0,
    );
    await scene.clear();
  });
  afterAll(() => scene?.close());

  const removeAll = async <T extends Resource>(kind: Kind<T>) => {
    const { items } = await scene.cluster.list(kind, { namespace });
    for (const item of items) await scene.cluster.remove(kind, nameOf(item));
  };
  const pool = () => scene.cluster.get(ContainerPool, { namespace, name: 'boxes' });
  const claim = (name: string) => scene.cluster.get(ContainerClaim, { namespace, name });
  const quota = async (pods: number) => {
    const ref = { namespace, name: 'pods' };
    await scene.cluster.create(ResourceQuota, { metadata: ref, spec: { hard: { pods: String(pods) } } });
    await scene.until(
      'the quota to be in force',
      () => scene.cluster.get(ResourceQuota, ref),
      ({ status }) => status?.hard !== undefined,
    );
    return ref;
  };

  it('refill pauses at a quota, says so, and goes on when there is room', async () => {
    const ref = await quota(12);
    await scene.operator();
    await scene.pool('boxes', { replicas: 20 });
    const stuck = await scene.until('the quota to bite', pool, ({ status }) => status?.ready === 12);
    const degraded = findCondition(stuck.status?.conditions, 'Degraded');
    expect(degraded).toMatchObject({ status: 'True', reason: 'CreateRefused' });
    expect(degraded?.message).toContain('exceeded quota: pods');
    expect(findCondition(stuck.status?.conditions, 'Progressing')).toMatchObject({ status: 'False' });

    // deliveries go on, and each of them makes the pool look at its stock: it must not ask the server in vain each time
    const before = scene.written().length;
    for (const name of ['a', 'b', 'c', 'd'])
      await scene
        .claim(name, { pool: { name: 'boxes' }, items: [{ name: 'job', count: 2 }] })
        .then(() => scene.ready(name));
    const vain = scene
      .written()
      .slice(before)
      .filter(({ code }) => code === 403);
    const took = Date.parse(scene.moment()) - Date.parse(scene.written()[before]?.at ?? '');
    const atOnce = 4;
    expect(vain.length).toBeLessThanOrEqual(atOnce * (1 + Math.floor(took / (10 * second))));

    await scene.cluster.patch(ResourceQuota, ref, mergePatch({ spec: { hard: { pods: '40' } } }));
    const full = await scene.full('boxes', 8);
    expect(findCondition(full.status?.conditions, 'Degraded')).toMatchObject({ status: 'False' });
  });

  it('a claim that starts containers cold hears of the quota, and is served when there is room', async () => {
    const ref = await quota(2);
    await scene.operator();
    await scene.pool('boxes', { replicas: 1 });
    await scene.claim('cold', { pool: { name: 'boxes' }, items: [{ name: 'job', count: 4 }], whenEmpty: 'Cold' });
    const refused = await scene.until(
      'the refusal',
      () => claim('cold'),
      ({ status }) => status?.conditions?.some(({ reason }) => reason === 'NotAllowed') ?? false,
    );
    expect(findCondition(refused.status?.conditions, 'Delivered')?.message).toContain('exceeded quota: pods');
    await scene.cluster.patch(ResourceQuota, ref, mergePatch({ spec: { hard: { pods: '10' } } }));
    await scene.ready('cold');
  });

  it("a LimitRange's defaults are the containers' size, and a claim may resize them", async () => {
    const ref = { namespace, name: 'sizes' };
    const limits = [
      {
        type: 'Container',
        default: { cpu: '100m', memory: '64Mi' },
        defaultRequest: { cpu: '50m', memory: '32Mi' },
        max: { cpu: '500m' },
      },
    ];
    await scene.cluster.create(LimitRange, { metadata: ref, spec: { limits } });
    await scene.operator();
    await scene.pool('boxes', { replicas: 6, template: { spec: { containers: [container] } } });
    await scene.full('boxes');
    await scene.claim('larger', {
      pool: { name: 'boxes' },
      items: [{ name: 'job', count: 3, resources: { limits: { cpu: '200m' } } }],
    });
    await scene.ready('larger');
    const { items } = await scene.cluster.list(Pod, { namespace, labels: `${labels.claim}=larger` });
    expect(items).toHaveLength(3);
    expect(items.map(({ spec }) => spec?.containers[0]?.resources)).toEqual(
      items.map(() => ({
        requests: { cpu: '50m', memory: '32Mi' },
        limits: { cpu: '200m', memory: '64Mi' },
      })),
    );
  });

  it('a claim that asks for more than a LimitRange allows hears why, and costs the stock nothing', async () => {
    const ref = { namespace, name: 'sizes' };
    const limits = (cpu: string) => [{ type: 'Container', max: { cpu } }];
    await scene.cluster.create(LimitRange, { metadata: ref, spec: { limits: limits('500m') } });
    await scene.operator();
    const sized = { ...container, resources: { requests: { cpu: '10m' }, limits: { cpu: '100m' } } };
    await scene.pool('boxes', { replicas: 6, template: { spec: { containers: [sized] } } });
    await scene.full('boxes');
    const before = scene.written().length;
    await scene.claim('too-large', {
      pool: { name: 'boxes' },
      items: [{ name: 'job', count: 4, resources: { limits: { cpu: '1' } } }],
    });
    const refused = await scene.until(
      'the refusal',
      () => claim('too-large'),
      ({ status }) => status?.conditions?.some(({ reason }) => reason === 'NotAllowed') ?? false,
    );
    expect(findCondition(refused.status?.conditions, 'Delivered')?.message).toContain(
      'maximum cpu usage per Container is 500m',
    );
    await scene.clock.sleep(2 * second);
    const deleted = scene
      .written()
      .slice(before)
      .filter(({ verb }) => verb === 'delete');
    expect(deleted).toEqual([]);

    await scene.cluster.patch(LimitRange, ref, mergePatch({ spec: { limits: limits('2') } }));
    // it looks again by itself after half a minute, and at once when somebody touches the claim
    const touched = mergePatch({ metadata: { annotations: { touched: 'now' } } });
    await scene.cluster.patch(ContainerClaim, { namespace, name: 'too-large' }, touched);
    await scene.ready('too-large');
  });
});
