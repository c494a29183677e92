/** Supervised containers on real nodes: they come back, clean, to the tenant that they have served, and to nobody else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod, Secret } from '../../src/api/kubernetes.js';
import { labels, states } from '../../src/api/names.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { lacks } from './environment.js';
import {
  aLatchedPool,
  folders,
  inLatched,
  provideShellLessImage,
  type Report,
  reportsOf,
  restricted,
} from './latched.js';
import { identityOf } from './observe.js';
import { Place } from './place.js';
import { processes } from './runtime.js';

const latch = { mode: 'Supervise', reuse: 'SameTenant', grace: '1s', scrubDeadline: '3s' } as const;
/** With a read-only root root can still write in /dev. */
const asRoot = { ...restricted, runAsUser: 0, runAsNonRoot: false };

describe.skipIf(lacks('supervised containers', ['importImage']))('supervised containers', () => {
  let place: Place;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-image-'));
  const ref = (name: string) => ({ namespace: place.namespace, name });
  const delivered = async (name: string) => {
    const [pod, ...others] = await containersOf(place, await place.cluster.get(ContainerClaim, ref(name)));
    expect(others).toEqual([]);
    return pod!;
  };
  /** Claims one container, and returns it when its program has started. */
  const claimed = async (
    name: string,
    {
      pool = 'desks',
      tenant,
      lifetime,
      ...item
    }: { pool?: string; tenant: string; lifetime?: string } & Partial<ClaimItem>,
  ) => {
    await place.cluster.create(ContainerClaim, {
      metadata: ref(name),
      spec: {
        pool: { name: pool },
        tenant,
        whenEmpty: 'Wait',
        items: [{ count: 1, ...item }],
        ...(lifetime && { lifetime }),
      },
    });
    await untilReady(place, ref(name));
    const pod = await delivered(name);
    const before = starts.get(pod.metadata.name) ?? 0;
    const told = () => reportsOf(place, `${labels.claim}=${name}`);
    const reports = await place.until(`the program of claim ${name}`, told, (seen) => seen.length > before);
    starts.set(pod.metadata.name, reports.length);
    return { pod, report: reports.at(-1)! };
  };
  const starts = new Map<string, number>();
  const full = (name: string, count: number) =>
    place.untilObject(ContainerPool, name, 'to be full', (pool) => (pool?.status?.ready ?? 0) >= count);
  const kept = ({ metadata }: Pod) =>
    place.untilObject(
      Pod,
      metadata.name,
      'to wait for its tenant',
      (pod) => pod?.metadata.labels?.[labels.state] === states.kept,
    );
  const secretNames = async () =>
    (await place.cluster.list(Secret, { namespace: place.namespace })).items.map(({ metadata }) => metadata.name);
  let first: Pod;

  beforeAll(async () => {
    place = await Place.open('supervise');
    await provideShellLessImage(place, folder);
    await place.operator();
    await place.cluster.create(
      ContainerPool,
      aLatchedPool(place, 'desks', { replicas: 2, latch }, { securityContext: asRoot }),
    );
    await place.cluster.create(ContainerPool, aLatchedPool(place, 'timed', { replicas: 1, latch }));
    await place.cluster.create(Secret, {
      metadata: ref('first'),
      data: { token: Buffer.from('1').toString('base64') },
    });
    await Promise.all([full('desks', 2), full('timed', 1)]);
  });
  afterAll(async () => {
    await place?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('run their program below the latch, as delivered', async () => {
    const { pod, report } = await claimed('anns-first', {
      tenant: 'ann',
      env: [{ name: 'FIRST', value: 'yes' }],
      files: [{ name: 'first.txt', content: 'first' }],
      secret: { name: 'first' },
      resources: { limits: { cpu: '300m' } },
    });
    first = pod;
    expect(text(report, 'FIRST')).toBe('yes');
    expect([...report.files.keys()].sort()).toEqual([
      `${folders.files}/claim-uid`,
      `${folders.files}/first.txt`,
      `${folders.files}/index`,
      `${folders.files}/item`,
      `${folders.secret}/penstock-delivery`,
      `${folders.secret}/token`,
    ]);
    expect(report.limits.cpu).toBe(0.3);
    const left = `${folders.work}/left ${folders.shm}/left ${folders.work}/.hidden /dev/left`;
    await inLatched(place, first, `for f in ${left}; do echo mine >$f; done; echo why >/dev/termination-log`);
    await inLatched(place, first, '$b sh -c "$b sleep 4000 >/dev/null 2>&1 & $b sleep 4000 >/dev/null 2>&1 &"');
  });

  it('come back when their claim goes, clean, and wait for their tenant', async () => {
    await place.cluster.remove(ContainerClaim, ref('anns-first'));
    const back = await kept(first);
    expect(identityOf(back!)).toEqual(identityOf(first));
    const all = Object.values(folders);
    const list = `for d in ${all.join(' ')}; do echo $d: $($b ls -A $d | $b grep -v "^\\.\\."); done`;
    const others = '$b cat /dev/termination-log; $b ls /dev | $b grep left; $b ps | $b grep "[s]leep 4000"; true';
    expect(await inLatched(place, back!, `${list}; ${others}`)).toBe(all.map((name) => `${name}:\n`).join(''));
    expect(await secretNames()).toEqual(['first']);
  });

  it('are never given to another tenant', async () => {
    const { pod, report } = await claimed('bobs', { tenant: 'bob' });
    expect(pod.metadata.name).not.toBe(first.metadata.name);
    expect(text(report, 'FIRST')).toBeUndefined();
  });

  it('serve their tenant again, in the same container, with what the second claim brings only', async () => {
    const { pod, report } = await claimed('anns-second', { tenant: 'ann', env: [{ name: 'SECOND', value: 'too' }] });
    expect(pod.metadata.uid).toBe(first.metadata.uid);
    expect(identityOf(pod)).toEqual(identityOf(first));
    expect(identityOf(pod).restarts).toBe(0);
    expect(text(report, 'FIRST')).toBeUndefined();
    expect(text(report, 'SECOND')).toBe('too');
    expect([...report.files.keys()].sort()).toEqual(
      ['claim-uid', 'index', 'item'].map((name) => `${folders.files}/${name}`),
    );
    expect(report.limits.cpu).toBe(0.2);
  });

  it('have their program ended by their latch when the lifetime is over, with the operator dead', async () => {
    const { pod } = await claimed('short', { pool: 'timed', tenant: 'ann', lifetime: '15s' });
    await place.onlyOperator().kill();
    const programs = 'for p in /proc/[0-9]*; do $b readlink $p/exe; done | $b grep -c /app/; true';
    // a look that comes while the latch cleans up is swept away with the rest
    const running = () => inLatched(place, pod, programs).catch(() => 'not to be seen');
    expect(await running()).toBe('1\n');
    expect(await place.until('the program to end', running, (seen) => seen === '0\n')).toBe('0\n');
    const after = await delivered('short');
    expect(identityOf(after)).toEqual(identityOf(pod));
    expect(after.status?.phase).toBe('Running');
    await place.operator();
    await place.untilObject(ContainerClaim, 'short', 'to be finished', (claim) =>
      isTrue(claim?.status?.conditions, 'Finished'),
    );
    expect(identityOf((await kept(pod))!)).toEqual(identityOf(pod));
  });

  it('leave nothing when claims and pools are deleted: no container, no Secret', async () => {
    const { namespace, cluster } = place;
    for (const name of ['anns-second', 'bobs', 'short']) await cluster.remove(ContainerClaim, ref(name));
    for (const name of ['desks', 'timed']) await cluster.remove(ContainerPool, ref(name));
    const pods = async () => (await cluster.list(Pod, { namespace })).items.map(({ metadata }) => metadata.name);
    await place.until('no pods to be left', pods, (seen) => seen.length === 0);
    expect(await place.until('their Secrets to go', secretNames, (seen) => seen.length <= 1)).toEqual(['first']);
  });

  it.skipIf(lacks('processes of supervised containers', ['runtime']))('leave no process', async () => {
    const running = async () => (await processes()).has(identityOf(first).id);
    expect(await place.until('the process to end', running, (seen) => !seen)).toBe(false);
  });
});

const text = ({ env }: Report, name: string) => env.get(name)?.toString();
