/** What a delivery costs, counted in the API server's audit log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimItem, ContainerClaimSpec } from '../../src/api/container-claim.js';
import type { ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Secret } from '../../src/api/kubernetes.js';
import { noLatch } from '../../src/api/latch.js';
import { second } from '../../src/support/time.js';
import { countWrites, type Write } from '../control-plane/audit.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { expectKeptOnce } from '../server-faults/promise.js';
import { namespace, Scene } from '../server-faults/scene.js';

const size = 20;
const latched = { ...noLatch, mode: 'Exec' } as const;
const supervised = { ...noLatch, mode: 'Supervise', reuse: 'SameTenant' } as const;
const template = {
  spec: {
    containers: [
      {
        name: 'main',
        image: 'registry.test/app:1',
        command: ['app'],
        securityContext: { readOnlyRootFilesystem: true },
        resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
      },
    ],
  },
};

interface Case {
  readonly name: string;
  readonly pool?: Partial<ContainerPoolSpec>;
  readonly item?: Partial<ClaimItem>;
  readonly claim?: Partial<ContainerClaimSpec>;
  /** Writes of the operator, without those about its Lease and its pools. */
  readonly costs: Readonly<Record<string, number>>;
  /** Later, when the containers are as the claim wants them. */
  readonly readyLater?: true;
}

const cases: readonly Case[] = [
  { name: 'from-stock', costs: { 'patch pods': size, 'patch containerclaims/status': 1 } },
  // what is shown in the container: the hand-over, and a reminder for the kubelet
  {
    name: 'with-configuration',
    pool: { configuration: { mountPath: '/etc/penstock', files: ['task.json'] } },
    item: { env: [{ name: 'A', value: 'b' }], files: [{ name: 'task.json', content: '{}' }], labels: { job: 'a' } },
    claim: { lifetime: '1h' },
    costs: { 'patch pods': 2 * size, 'patch containerclaims/status': 1 },
  },
  {
    name: 'with-latch',
    pool: { latch: latched },
    item: { env: [{ name: 'A', value: 'b' }] },
    costs: { 'patch pods': 2 * size, 'patch containerclaims/status': 1 },
  },
  {
    name: 'with-latch-that-comes-back',
    pool: { latch: supervised },
    claim: { tenant: 'a' },
    // the claim has to outlive its deletion, until its containers are back
    costs: { 'patch pods': 2 * size, 'patch containerclaims': 1, 'patch containerclaims/status': 1 },
  },
  {
    name: 'with-secret',
    pool: { latch: latched, configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/etc/secret' } },
    item: { secret: { name: 'token' } },
    costs: { 'create secrets': size, 'patch pods': 2 * size, 'patch containerclaims/status': 1 },
  },
  {
    name: 'with-resize',
    item: { resources: { limits: { cpu: '200m' } } },
    costs: { 'patch pods': size, 'patch pods/resize': size, 'patch containerclaims/status': 2 },
    readyLater: true,
  },
];

describe.skipIf(lacks(controlPlane, 'writes of a delivery'))('what a delivery of 20 containers writes', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.cluster.create(Secret, { metadata: { namespace, name: 'token' }, data: { key: 'dmFsdWU=' } });
    for (const { name, pool } of cases) await scene.pool(name, { replicas: size, template, ...pool });
    await scene.operator();
    for (const { name } of cases) {
      await scene.full(name);
      await scene.refill(name, 'paused');
    }
  });
  afterAll(() => scene?.close());

  it.each(cases)('$name', async ({ name, item, claim, costs, readyLater }) => {
    const before = scene.written().length;
    await scene.claim(name, { pool: { name }, items: [{ name: 'job', count: size, ...item }], ...claim });
    const { later, ...delivered } = await scene.settledWithoutRefill(name);
    expectKeptOnce(delivered);
    expect(later).toEqual([]);
    const writes = scene.written().slice(before);
    const about = writes.filter(({ resource }) => resource !== 'containerpools/status');
    expect(countWrites(about)).toEqual({ ...costs, ...(readyLater && countsMeanwhile(about, costs)) });
    // nothing was tried in vain either
    expect(about.filter(({ code }) => code >= 300)).toEqual([]);
  });
});

/** On a slow machine a claim whose containers become ready one after the other says so in between: once in half a second. */
function countsMeanwhile(writes: readonly Write[], costs: Case['costs']): Case['costs'] {
  const times = writes.filter(({ resource }) => resource === 'containerclaims/status').map(({ at }) => Date.parse(at));
  const span = Math.max(...times) - Math.min(...times);
  const allowed = (costs['patch containerclaims/status'] ?? 0) + Math.floor(span / (second / 2));
  return { 'patch containerclaims/status': Math.max(2, Math.min(times.length, allowed)) };
}
