/** Another image for an item, on real containers: changed in its place, with one start of the program, and in that image alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import { lacks } from './environment.js';
import { aLatchedPool, other, program, provideShellLessImage } from './latched.js';
import { identityOf } from './observe.js';
import { Place } from './place.js';

const telling = `[ -e ${other.mark} ] && echo "other for $WHO" || echo "own for $WHO"; exec ${program} sleep 3600`;
const items: readonly ClaimItem[] = [
  { name: 'own', count: 1, env: [{ name: 'WHO', value: 'ann' }] },
  { name: 'other', count: 2, image: other.image, env: [{ name: 'WHO', value: 'bob' }] },
];

describe.skipIf(lacks('another image for an item', ['importImage']))('another image for an item', () => {
  let place: Place;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-images-'));
  const delivered = new Map<string, readonly Pod[]>();
  const deliver = async (pool: string, mode: 'None' | 'Exec' | 'Supervise') => {
    const reuse = mode === 'Supervise' ? { reuse: 'SameTenant' as const } : {};
    const draft = aLatchedPool(place, pool, { replicas: 4, images: [other.image], latch: { mode, ...reuse } });
    const [main] = draft.spec.template?.spec?.containers ?? [];
    const template = {
      spec: {
        ...draft.spec.template?.spec,
        containers: [{ name: 'main', ...main, command: [program, 'sh', '-c', telling] }],
      },
    };
    const { secretPath: _, ...configuration } = draft.spec.configuration;
    await place.cluster.create(ContainerPool, { ...draft, spec: { ...draft.spec, template, configuration } });
    await place.untilObject(ContainerPool, pool, 'to be full', (found) => (found?.status?.ready ?? 0) >= 4);
    await place.cluster.create(ContainerClaim, {
      metadata: { namespace: place.namespace, name: pool },
      spec: { pool: { name: pool }, whenEmpty: 'Wait', tenant: 'blue', items },
    });
    const claim = await untilReady(place, { namespace: place.namespace, name: pool });
    delivered.set(pool, await containersOf(place, claim));
  };
  const logsOf = async ({ metadata }: Pod) => (await place.kubectl('logs', metadata.name, '-c', 'main')).trim();
  const previousOf = async ({ metadata }: Pod) =>
    (await place.kubectl('logs', metadata.name, '-c', 'main', '--previous')).trim();

  beforeAll(async () => {
    place = await Place.open('images', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await provideShellLessImage(place, folder);
    await place.operator();
  });
  afterAll(async () => {
    await place?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['None', 'Exec', 'Supervise'] as const)('with latch %s', async (mode) => {
    const pool = mode.toLowerCase();
    await deliver(pool, mode);
    const pods = delivered.get(pool) ?? [];
    const told = (who: string) => (mode === 'None' ? '' : who);
    // when the claim is ready, the program has begun, and may not have spoken yet
    const said = async () => (await Promise.all(pods.map(logsOf))).join();
    const expected = [`own for ${told('ann')}`, `other for ${told('bob')}`, `other for ${told('bob')}`].map((one) =>
      one.trim(),
    );
    await place.until('the programs to speak', said, (seen) => seen === expected.join());
    expect(pods.map((pod) => identityOf(pod).restarts)).toEqual([0, 1, 1]);
    expect(pods.map(({ spec }) => spec?.containers[0]?.image === other.image)).toEqual([false, true, true]);
    // behind a latch nothing has begun in the image that it had in stock
    const before = await Promise.all(pods.slice(1).map(previousOf));
    expect(before.map((text) => text.includes('for'))).toEqual(Array(2).fill(mode === 'None'));
  });

  it('is never used again', async () => {
    const ids = (delivered.get('supervise') ?? []).map(({ metadata }) => metadata.uid);
    await place.cluster.remove(ContainerClaim, { namespace: place.namespace, name: 'supervise' });
    const left = async () =>
      (await place.cluster.list(Pod, { namespace: place.namespace })).items
        .map(({ metadata }) => metadata.uid)
        .filter((uid) => ids.includes(uid));
    await place.until('only the one whose image is its own to be left', left, (uids) => uids.length === 1);
    expect(await left()).toEqual(ids.slice(0, 1));
  });
});
