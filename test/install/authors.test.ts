/**
 * What people with narrow rights get done through the operator, on a real API server: the policies ask them for the rights that the
 * operator, which runs with its own, uses on their behalf.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerMigration, type ContainerMigrationSpec } from '../../src/api/container-migration.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Pod, Secret, ServiceAccount } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { labels } from '../../src/api/names.js';
import {
  defaultLine,
  ProductionLine,
  type ProductionLineSpec,
  type StageEntry,
} from '../../src/api/production-line.js';
import { Forbidden, NotFound } from '../../src/cluster/errors.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { findCondition } from '../../src/runtime/index.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { aPool, cleanable } from '../objects.js';
import { Accounts, namespace, ref, rule } from './accounts.js';
import { until } from './as.js';

const patience = { timeout: 60_000, interval: 100 };
const dry = { dryRun: true };
const penstockRule = (verbs: string[], ...resources: string[]) => rule(verbs, 'penstock.dev', resources);
const on = (group: string, resource: string, verb: string, ...names: string[]) =>
  rule([verb], group, [resource], names);
const sixteen = Array.from({ length: 16 }, (_, number) => `s${number}`);

describe.skipIf(lacks(controlPlaneWithControllers, 'what authors may do through the operator'))(
  'authors with narrow rights',
  () => {
    let accounts: Accounts;
    let admin: KubernetesCluster;
    let keeper: KubernetesCluster;

    /** Roles and policies take effect a moment after they are written. */
    const settled = (what: string, attempt: () => Promise<unknown>) =>
      until(what, async () => {
        const answer = await attempt().catch((error: unknown) => error);
        if (answer instanceof Error && !(answer instanceof Forbidden)) throw answer;
        return !(answer instanceof Error);
      });
    const refused = (what: string, attempt: () => Promise<unknown>, why: string) =>
      until(what, async () => {
        const answer = await attempt().catch((error: unknown) => error);
        return answer instanceof Forbidden && answer.message.includes(why);
      });

    const claimOf = (name: string, items: readonly Partial<ClaimItem>[]) => ({
      metadata: ref(name),
      spec: {
        pool: { name: 'builders' },
        items: items.map((item) => ({ count: 1, ...item })),
        whenEmpty: 'Wait' as const,
      },
    });
    const naming = (...names: readonly string[]) => names.map((name) => ({ secret: { name } }));
    const poolOf = (name: string, spec: Partial<ContainerPoolSpec> = {}) => ({
      metadata: ref(name),
      spec: { ...aPool({ replicas: 0, template: cleanable({}) }).spec, ...spec },
    });
    const migrationOf = (
      name: string,
      from: ContainerMigrationSpec['from'],
      to: ContainerMigrationSpec['to'],
      more: Partial<ContainerMigrationSpec> = {},
    ) => ({
      metadata: ref(name),
      spec: { from, to, order: 'Oldest' as const, keepSource: false, paused: false, cancelled: false, ...more },
    });

    beforeAll(async () => {
      accounts = await Accounts.start();
      admin = accounts.admin;
      keeper = await accounts.bind('keeper', 'ClusterRole', 'admin');
      await admin.create(Secret, { metadata: ref('db-root'), data: { password: btoa('TOP-SECRET-42') } });
      await admin.create(ServiceAccount, { metadata: ref('deployer') });
      await admin.create(Secret, {
        metadata: { ...ref('deployer-token'), annotations: { 'kubernetes.io/service-account.name': 'deployer' } },
        type: 'kubernetes.io/service-account-token',
      });
      await settled('who has admin to keep pools', () =>
        keeper.create(
          ContainerPool,
          poolOf('builders', {
            replicas: 3,
            latch: latch.parse({ mode: 'Exec' }),
            configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/run/secret' },
          }),
        ),
      );
    });
    afterAll(() => accounts?.close());

    describe('of claims', () => {
      let claimer: KubernetesCluster;
      const deliveredOf = async (name: string) =>
        findCondition((await admin.get(ContainerClaim, ref(name))).status?.conditions, 'Delivered');

      beforeAll(async () => {
        claimer = await accounts.create(
          'claimer',
          penstockRule(['create', 'get', 'list'], 'containerclaims'),
          on('', 'secrets', 'get', 'build-key', ...sixteen),
        );
        await settled('who may claim to claim', () => claimer.create(ContainerClaim, claimOf('plain', [{}]), dry));
        const stealing = () => claimer.create(ContainerClaim, claimOf('probe', naming('db-root')), dry);
        await refused('the policies to be in effect', stealing, 'may not get the Secret db-root');
      });

      test.each(['db-root', 'deployer-token'])('get nothing of the Secret %s, which they may not get', async (name) => {
        const claim = claimOf('innocent', [{}, ...naming('build-key', name)]);
        await expect(claimer.create(ContainerClaim, claim)).rejects.toThrow(
          `system:serviceaccount:${namespace}:claimer may not get the Secret ${name}, which the claim names`,
        );
      });

      test('are served with a Secret that they may get', async () => {
        await admin.create(Secret, { metadata: ref('build-key'), data: { key: btoa('mine') } });
        await claimer.create(ContainerClaim, claimOf('served', naming('build-key')));
        await expect.poll(() => deliveredOf('served'), patience).toMatchObject({ status: 'True' });
        const { items } = await admin.list(Pod, { namespace, labels: `${labels.claim}=served` });
        const copies = await Promise.all(items.map(({ metadata }) => admin.get(Secret, ref(metadata.name))));
        expect(copies).toMatchObject([{ type: 'Opaque', data: { key: btoa('mine') } }]);
      });

      test('get no token of a service account, even those who may get it', async () => {
        await keeper.create(ContainerClaim, claimOf('token', naming('deployer-token')));
        await expect
          .poll(() => deliveredOf('token'), patience)
          .toMatchObject({
            status: 'False',
            reason: 'NotAllowed',
            message: expect.stringContaining('which the operator never hands out'),
          });
        await admin.remove(ContainerClaim, ref('token'));
      });

      const many = Array.from({ length: 64 }, (_, number) => `s${number}`);
      const repeated = many.map((_, number) => `s${number % 16}`);
      test.each([
        ['16 Secrets', sixteen],
        ['64 items and 16 Secrets', repeated],
      ])('may name %s one by one', async (_, names) => {
        const { spec } = await claimer.create(ContainerClaim, claimOf('many', naming(...names)), dry);
        expect(spec.items).toHaveLength(names.length);
      });

      test.each([17, 64])('may name %i Secrets only where they may get all', async (number) => {
        const claim = claimOf('many', naming(...many.slice(0, number)));
        await expect(claimer.create(ContainerClaim, claim, dry)).rejects.toThrow(
          'the claim names more than 16 Secrets',
        );
        await keeper.create(ContainerClaim, claim, dry);
        await admin.create(ContainerClaim, claim, dry);
      });

      test.each([
        ['labels', { labels: { app: 'payments' } }],
        ['annotations', { annotations: { 'iam.amazonaws.com/role': 'admin' } }],
      ])('give containers %s only where they may patch pods', async (_, item) => {
        const claim = claimOf('hijack', [{}, item]);
        await expect(claimer.create(ContainerClaim, claim, dry)).rejects.toThrow(
          'claimer may not patch pods in this namespace, which the operator does for labels and annotations of items',
        );
        await keeper.create(ContainerClaim, claim, dry);
      });
    });

    describe('of pools', () => {
      const denied = 'pooler may not create pods in this namespace, which the operator does for a pool';

      test('make none unless they may create pods, and keep the size of one', async () => {
        const pooler = await accounts.create(
          'pooler',
          penstockRule(['create', 'get', 'list', 'patch', 'delete'], 'containerpools'),
        );
        const spec = { ...cleanable({}).spec, serviceAccountName: 'deployer' };
        const create = () => pooler.create(ContainerPool, poolOf('mine', { template: { spec } }), dry);
        await refused('a pool of pods as another account', create, denied);
        await keeper.create(ContainerPool, poolOf('mine'));
        const change = (body: object) => pooler.patch(ContainerPool, ref('mine'), mergePatch(body), dry);
        for (const harmless of [
          { spec: { replicas: 2, claims: { maxContainers: 5 }, expireAfter: '1h', refill: { paused: true } } },
          { metadata: { labels: { a: 'b' }, finalizers: ['example.com/hold'] } },
          { spec: { template: { spec: { containers: cleanable({}).spec.containers } } } },
        ])
          await change(harmless);
        for (const decisive of [
          { template: { spec: { serviceAccountName: 'deployer' } } },
          { template: { metadata: { labels: { app: 'payments' } } } },
          { images: ['registry.test/other:1'] },
          { latch: { mode: 'Exec', image: 'registry.test/other:1' } },
          { line: { name: 'other' } },
          { configuration: { mountPath: '/else' } },
          { shapes: [{ name: 'large', resources: { limits: { cpu: '2' } } }] },
          { template: null, fromDeployment: { name: 'web' } },
        ])
          await expect(change({ spec: decisive })).rejects.toThrow(denied);
      });

      test('provide the replicas of a Deployment only where they may patch it', async () => {
        const provider = await accounts.create(
          'provider',
          penstockRule(['create'], 'containerpools'),
          on('', 'pods', 'create'),
          on('apps', 'deployments', 'patch', 'own'),
        );
        const create = (name: string) => {
          const { template: _, ...spec } = poolOf(name).spec;
          return provider.create(ContainerPool, { ...poolOf(name), spec: { ...spec, fromDeployment: { name } } }, dry);
        };
        await settled('a pool for a Deployment that they may patch', () => create('own'));
        await expect(create('web')).rejects.toThrow('provider may not patch the Deployment web');
      });
    });

    describe('of migrations', () => {
      const pool = { kind: 'ContainerPool', name: 'builders' } as const;
      const claim = { kind: 'ContainerClaim', name: 'greedy' } as const;
      const deployment = { kind: 'Deployment', name: 'web' } as const;

      test('move nothing unless they may patch both ends', async () => {
        const verbs = ['create', 'get', 'list', 'patch'];
        const mover = await accounts.create('mover', penstockRule(verbs, 'containerclaims', 'containermigrations'));
        const move = (...ends: readonly [typeof pool | typeof claim | typeof deployment, typeof pool | typeof claim]) =>
          mover.create(ContainerMigration, migrationOf('grab', ...ends), dry);
        await refused(
          'a migration from a pool that is not theirs',
          () => move(pool, claim),
          'mover may not patch ContainerPool builders, which gives the containers',
        );
        await expect(move(claim, pool)).rejects.toThrow(
          'mover may not patch ContainerPool builders, which takes the containers',
        );
        await expect(move(deployment, claim)).rejects.toThrow(
          'mover may not patch Deployment web, which gives the containers',
        );
        await keeper.create(ContainerMigration, migrationOf('theirs', pool, claim, { paused: true }));
        const change = (body: object) => mover.patch(ContainerMigration, ref('theirs'), mergePatch(body), dry);
        await change({ metadata: { labels: { a: 'b' } } });
        for (const spec of [{ paused: false }, { cancelled: true }])
          await expect(change({ spec })).rejects.toThrow('mover may not patch ContainerPool builders');
      });

      test('need no other right on them', async () => {
        const lender = await accounts.create(
          'lender',
          penstockRule(['create'], 'containermigrations'),
          on('penstock.dev', 'containerpools', 'patch', 'builders'),
          on('penstock.dev', 'containerclaims', 'patch', 'greedy'),
          on('apps', 'deployments', 'patch', 'web'),
        );
        for (const [from, to] of [
          [pool, claim],
          [claim, deployment],
          [deployment, pool],
        ] as const)
          await expect
            .poll(() => lender.create(ContainerMigration, migrationOf('lend', from, to), dry), patience)
            .toHaveProperty('metadata.name', 'lend');
      });
    });

    describe('of lines', () => {
      const url = 'https://checks.team.svc/stage';
      const lineOf = (spec: Partial<ProductionLineSpec>) => ({
        metadata: ref('line'),
        spec: { ...defaultLine, ...spec },
      });
      const delivering = (stage: string, settings: StageEntry['settings']) =>
        lineOf({ deliver: [...defaultLine.deliver, { stage, settings }] });
      const signedBy = (name: string) => [
        lineOf({
          produce: [
            { stage: 'provision' },
            { stage: 'webhook', settings: { url, secret: { name } } },
            { stage: 'stock' },
          ],
        }),
        delivering('webhook', { url, secret: { name } }),
        delivering('notify', { http: { url, secret: { name } } }),
        delivering('notify', { webhook: { url, secret: { name } } }),
        lineOf({ reclaim: [{ stage: 'webhook', settings: { url, secret: { name } } }, { stage: 'retire' }] }),
      ];

      test('sign with Secrets that they may get, and run no programs that they may not run', async () => {
        const rules = [penstockRule(['create', 'patch'], 'productionlines'), on('', 'secrets', 'get', 'hmac')];
        const liner = await accounts.create('liner', ...rules, on('', 'pods', 'create'));
        const create = (line: ReturnType<typeof lineOf>) => liner.create(ProductionLine, line, dry);
        await settled('a line that does nothing else', () => create(lineOf({})));
        for (const line of signedBy('hmac')) await create(line);
        for (const line of signedBy('db-root'))
          await expect(create(line)).rejects.toThrow('liner may not get the Secret db-root, which the line names');
        const exec = { exec: { command: ['/greet'] } };
        for (const line of [
          delivering('notify', exec),
          lineOf({
            produce: [{ stage: 'provision' }, { stage: 'warm', settings: exec }, { stage: 'stock' }],
          }),
        ]) {
          await expect(create(line)).rejects.toThrow('liner may not run programs in the containers of this namespace');
          await keeper.create(ProductionLine, line, dry);
        }
        await keeper.create(ProductionLine, signedBy('db-root')[0]!);
        const change = (body: object) => liner.patch(ProductionLine, ref('line'), mergePatch(body), dry);
        await change({ metadata: { labels: { a: 'b' } } });
        await expect(change({ spec: { quarantine: { most: 1 } } })).rejects.toThrow('may not get the Secret db-root');
        const other = await accounts.create('podless', ...rules);
        await refused(
          'a line by whom may not create pods',
          () => other.create(ProductionLine, lineOf({}), dry),
          'podless may not create pods in this namespace, which the operator does by the line',
        );
      });
    });

    test('delete pools in the foreground, where the garbage collector writes them too', async () => {
      await keeper.remove(ContainerPool, ref('builders'), { propagation: 'Foreground' });
      await expect
        .poll(() => admin.get(ContainerPool, ref('builders')).catch((error: unknown) => error), patience)
        .toBeInstanceOf(NotFound);
    });
  },
);
