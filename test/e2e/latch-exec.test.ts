/** Latched containers on real nodes: an image without a shell, any user, a read-only root, the restricted profile. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/api/configuration.js';
import { type ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod, Secret } from '../../src/api/kubernetes.js';
import { annotations, labels } from '../../src/api/names.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { instantOf } from '../../src/support/time.js';
import { lacks } from './environment.js';
import { aLatchedPool, folders, inLatched, program, provideShellLessImage, type Report, reportsOf } from './latched.js';
import { type Identity, identityOf } from './observe.js';
import { Place } from './place.js';

const everyByte = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1)).toString('base64');
const withNul = Buffer.from([0, 1, 10, 13, 92, 128, 255, 0]).toString('base64');

/** Some more than are claimed: an operator that loses its Lease to a busy server may spoil a few. */
const stock = 56;

const items: readonly ClaimItem[] = [
  { name: 'plain', count: 14 },
  {
    name: 'variables',
    count: 10,
    env: [
      { name: 'TEXT', value: ' naïve "quotes" \'n\' \\n $HOME `id`\nand a second line\n\n' },
      { name: 'EVERY_BYTE', valueBase64: everyByte },
      { name: 'my.variable', value: 'with a dot' },
      { name: 'OWN', value: 'over its own' },
    ],
  },
  {
    name: 'files',
    count: 10,
    files: [
      { name: 'run.sh', content: '#!/bin/sh\n', mode: '0755' },
      { name: 'key', contentBase64: withNul, mode: '0600' },
      { name: 'plain.txt', content: 'naïve\n' },
    ],
  },
  { name: 'first-secret', count: 4, secret: { name: 'first' } },
  { name: 'second-secret', count: 4, secret: { name: 'second' }, env: [{ name: 'A', value: 'b' }] },
  { name: 'cpu', count: 4, resources: { limits: { cpu: '300m' } } },
  { name: 'memory', count: 4, resources: { requests: { memory: '20Mi' }, limits: { memory: '48Mi' } } },
];

describe.skipIf(lacks('latched containers', ['importImage']))('latched containers', () => {
  let place: Place;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-image-'));
  const stocked = new Map<string, Identity>();
  let reports: readonly Report[] = [];
  const claimed = (pool: string, name: string, spec: Pick<ContainerClaim['spec'], 'items'>) =>
    place.cluster.create(ContainerClaim, {
      metadata: { namespace: place.namespace, name },
      spec: { pool: { name: pool }, whenEmpty: 'Wait', ...spec },
    });
  const full = (name: string, count: number) =>
    place.untilObject(ContainerPool, name, 'to be full', (pool) => (pool?.status?.ready ?? 0) >= count);
  const delivered = async (name: string) =>
    containersOf(place, await place.cluster.get(ContainerClaim, { namespace: place.namespace, name }));
  const podsOf = async (selector: string) =>
    (await place.cluster.list(Pod, { namespace: place.namespace, labels: selector })).items;

  beforeAll(async () => {
    place = await Place.open('latch', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await provideShellLessImage(place, folder);
    await place.operator();
    const env = [
      { name: 'OWN', value: 'its own' },
      { name: 'OWN_TOO', value: 'and\nmore' },
    ];
    await place.cluster.create(
      ContainerPool,
      aLatchedPool(place, 'boxes', { replicas: stock, latch: { mode: 'Exec' } }, { env }),
    );
    for (const name of ['first', 'second']) {
      const data = { token: Buffer.from(`of ${name}`).toString('base64') };
      await place.cluster.create(Secret, { metadata: { namespace: place.namespace, name }, data });
    }
    await full('boxes', stock);
    for (const pod of await podsOf(`${labels.pool}=boxes`)) stocked.set(pod.metadata.name, identityOf(pod));
    await place.cluster.patch(
      ContainerPool,
      { namespace: place.namespace, name: 'boxes' },
      mergePatch({ spec: { refill: { paused: true } } }),
    );
  });
  afterAll(async () => {
    await place?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('wait in stock without starting their program', async () => {
    expect(stocked.size).toBe(stock);
    expect(await reportsOf(place, `${labels.pool}=boxes`)).toEqual([]);
  });

  it('are delivered as they are, and all start their program', async () => {
    await claimed('boxes', 'batch', { items });
    await untilReady(place, { namespace: place.namespace, name: 'batch' });
    const pods = await delivered('batch');
    expect(pods).toHaveLength(50);
    reports = await place.until(
      'every program to have started',
      () => reportsOf(place, `${labels.claim}=batch`),
      (seen) => seen.length >= 50,
    );
    expect(new Set(reports.map(({ pod }) => pod)).size).toBe(50);
    expect(reports).toHaveLength(50);
    const after = await delivered('batch');
    expect(new Map(after.map((pod) => [pod.metadata.name, identityOf(pod)]))).toEqual(
      new Map(pods.map(({ metadata: { name } }) => [name, stocked.get(name)])),
    );
    for (const { name } of items) {
      const ofItem = after.filter(({ metadata }) => metadata.annotations?.[annotations.item] === name);
      console.log(`${name}: from patch to process ${spread(ofItem.map((pod) => sinceDelivery(pod, reports)))}`);
    }
  });

  it('give each program its own environment, files and Secret, and nothing else', async () => {
    const pods = await delivered('batch');
    const plain = reports.find(({ pod }) => itemOf(pods, pod) === 'plain')!;
    expect(text(plain.env.get('OWN'))).toBe('its own');
    expect(text(plain.env.get('OWN_TOO'))).toBe('and\nmore');
    for (const { pod, env, files } of reports) {
      const item = items.find(({ name }) => name === itemOf(pods, pod))!;
      const expected = new Map([...plain.env, ['HOSTNAME', Buffer.from(pod)]]);
      for (const { name, value, valueBase64 } of item.env ?? []) expected.set(name, bytesOf(value, valueBase64));
      expect(sorted(env)).toEqual(sorted(expected));
      expect(sorted(files)).toEqual(sorted(await expectedFiles(item, numberOf(pods, pod))));
    }
  });

  it('start their program with the promised size, not before', async () => {
    const pods = await delivered('batch');
    const sizes = Object.fromEntries(reports.map(({ pod, limits }) => [pod, limits]));
    const promised = (item: string | undefined) => ({
      cpu: item === 'cpu' ? 0.3 : 0.2,
      memory: (item === 'memory' ? 48 : 32) * 2 ** 20,
    });
    expect(sizes).toEqual(
      Object.fromEntries(
        pods.map((pod) => [pod.metadata.name, promised(pod.metadata.annotations?.[annotations.item])]),
      ),
    );
  });

  it("run it as the container's first process, without a shell in the image", async () => {
    const [pod] = await delivered('batch');
    expect(
      await inLatched(place, pod!, '$b tr "\\0" " " </proc/1/cmdline; $b id -u; [ -e /bin ] || echo no /bin'),
    ).toBe(`${program} sleep 3600 10001\nno /bin\n`);
  });

  it('pass signals on, and show the exit code in their status', async () => {
    const next = 'trap "exit $CODE" TERM; while :; do $B sleep 0.1; done';
    await place.cluster.create(
      ContainerPool,
      aLatchedPool(place, 'ending', { replicas: 1, latch: { mode: 'Exec' } }, { next }),
    );
    await claimed('ending', 'ends', { items: [{ count: 1, env: [{ name: 'CODE', value: '7' }] }] });
    await untilReady(place, { namespace: place.namespace, name: 'ends' });
    const started = () => reportsOf(place, `${labels.claim}=ends`);
    await place.until('the program to start', started, (seen) => seen.length > 0);
    const [pod] = await delivered('ends');
    await inLatched(place, pod!, '$b kill -TERM 1');
    const [ended] = await place.until(
      'it to end and start again',
      () => delivered('ends'),
      (pods) => pods[0]?.status?.containerStatuses?.[0]?.restartCount === 1,
    );
    expect(ended?.status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 7 });
    // it opens again by itself for the delivery that it has
    await place.until('the program to start again', started, (seen) => seen.length > 0);
  });

  it('answer probes for their program while they wait, and are ready when it is', async () => {
    const probe = (file: string) => ({
      exec: { command: [program, 'test', '-e', `${folders.files}/${file}`] },
      periodSeconds: 1,
      failureThreshold: 1,
      timeoutSeconds: 20,
    });
    const probes = { livenessProbe: probe('alive'), readinessProbe: probe('ready') };
    await place.cluster.create(
      ContainerPool,
      aLatchedPool(place, 'probed', { replicas: 1, latch: { mode: 'Exec' } }, probes),
    );
    await full('probed', 1);
    await place.clock.sleep(4000);
    const [waiting] = await podsOf(`${labels.pool}=probed`);
    expect(waiting?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, ready: false, started: true });
    const files = [
      { name: 'alive', content: '' },
      { name: 'ready', content: '' },
    ];
    await claimed('probed', 'probed', { items: [{ count: 1, files }] });
    await untilReady(place, { namespace: place.namespace, name: 'probed' });
    const [ready] = await delivered('probed');
    expect(ready?.metadata.name).toBe(waiting?.metadata.name);
    expect(ready?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, ready: true });
  });

  it('leave nothing when claims and pools are deleted: no container, no Secret', async () => {
    const { namespace, cluster } = place;
    for (const name of ['batch', 'ends', 'probed']) await cluster.remove(ContainerClaim, { namespace, name });
    for (const name of ['boxes', 'ending', 'probed']) await cluster.remove(ContainerPool, { namespace, name });
    await place.until(
      'no pods to be left',
      () => podsOf(''),
      (seen) => seen.length === 0,
    );
    const secrets = async () => (await cluster.list(Secret, { namespace })).items.map(({ metadata }) => metadata.name);
    expect(await place.until('their Secrets to go', secrets, (seen) => seen.length <= 2)).toEqual(['first', 'second']);
  });

  /** The delivered ones, those that every container has, and in a Secret's folder what is in it and whose it is. */
  async function expectedFiles(
    { name: item = '', files = [], secret }: ClaimItem,
    number = '',
  ): Promise<ReadonlyMap<string, unknown>> {
    const { metadata } = await place.cluster.get(ContainerClaim, { namespace: place.namespace, name: 'batch' });
    const shown = (content: string, mode = '644') => ({ mode, content: Buffer.from(content) });
    const expected = new Map<string, unknown>(
      Object.entries({ 'claim-uid': metadata.uid, index: number, item }).map(([name, content]) => [
        `${folders.files}/${name}`,
        shown(content, '444'),
      ]),
    );
    for (const { name, content, contentBase64, mode = '0644' } of files)
      expected.set(`${folders.files}/${name}`, { mode: mode.slice(1), content: bytesOf(content, contentBase64) });
    if (!secret) return expected;
    expected.set(`${folders.secret}/token`, shown(`of ${secret.name}`));
    expected.set(`${folders.secret}/penstock-delivery`, shown(`${metadata.uid}/${number}`));
    return expected;
  }
});

const text = (bytes: Buffer | undefined) => bytes?.toString();
const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
const itemOf = (pods: readonly Pod[], name: string) =>
  pods.find(({ metadata }) => metadata.name === name)?.metadata.annotations?.[annotations.item];
const numberOf = (pods: readonly Pod[], name: string) =>
  pods.find(({ metadata }) => metadata.name === name)?.metadata.annotations?.[annotations.index];

/** Milliseconds from the hand-over, as the operator noted it, to the first line of the program. */
function sinceDelivery({ metadata }: Pod, reports: readonly Report[]): number {
  const at = reports.find(({ pod }) => pod === metadata.name)?.at ?? Infinity;
  return at - (instantOf(metadata.annotations?.[annotations.deliveredAt]) ?? 0);
}

function spread(times: readonly number[]): string {
  const ordered = [...times].sort((a, b) => a - b);
  const at = (share: number) => `${Math.round(ordered[Math.floor(share * (ordered.length - 1))] ?? 0)} ms`;
  return `p50 ${at(0.5)}, at most ${at(1)}`;
}
