import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { instant, simulation } from '../../src/embedded/nodes/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { installCrds } from '../../src/cluster/crds.js';
import { Interrupted } from '../../src/cli/io.js';
import { createOperator } from '../../src/operator/index.js';
import type { Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { Files, penstock } from './harness.js';

const clock = new WallClock();
const random = seededRandom(1);
const files = new Files();
let world: EmbeddedWorld;
let operator: Manager;

beforeAll(async () => {
  world = createEmbeddedWorld({
    clock,
    random,
    nodes: { count: 3, profile: instant },
    controllers: ['garbage-collector', 'scheduler'],
    collectedKinds: [Pod, ...penstockKinds],
  });
  await installCrds(world.cluster, clock);
  await world.start();
  operator = createOperator({ cluster: world.cluster, clock, random, logger: silentLogger });
  await operator.start();
});
afterAll(async () => {
  await operator.stop();
  await world.stop();
  files.end();
});

const cli = (line: string) => penstock(line.split(' '), { cluster: world.cluster });

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await clock.sleep(50);
  }
  throw new Error('it did not come about');
}

test('from an empty namespace to delivered containers and back', async () => {
  const { cluster } = world;
  expect(await cli('pool list')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'There are no pools in namespace default.\n',
  });
  const created = await cli('pool create web --image web:1 --replicas 6 --port 8080 --cpu 100m --allow-file site.yaml');
  expect(created).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^NAME {3}DESIRED .*AGE\nweb /) });
  await until(
    async () => (await cluster.get(ContainerPool, { namespace: 'default', name: 'web' })).status?.ready === 6,
  );

  expect((await cli('pool list')).stdout).toMatch(/^NAME {3}DESIRED .*AGE\nweb {4}6 /);
  const path = files.write('shop.yaml', 'title: shop\n');
  const delivered = await cli(
    `deliver 4 --pool web --name shop --env SITE=shop --file site.yaml=${path} --label site=shop -o json`,
  );
  expect(delivered.exitCode).toBe(0);
  expect(delivered.stderr).toMatch(/^Claim shop …\n(.*\n)*/);
  const { items } = JSON.parse(delivered.stdout) as { readonly items: readonly Pod[] };
  expect(items).toHaveLength(4);
  for (const { metadata, kind } of items) {
    expect(kind).toBe('Pod');
    expect(metadata.labels).toMatchObject({ site: 'shop', 'penstock.dev/claim': 'shop' });
    expect(metadata.annotations).toMatchObject({
      'penstock.dev/env': '{"SITE":"shop"}',
      'file.penstock.dev/site.yaml': 'title: shop\n',
    });
  }

  const { stdout } = await cli('claim containers shop');
  const [header, ...rows] = stdout.trimEnd().split('\n');
  expect(header?.split(/ {2,}/)).toEqual(['NAME', 'ITEM', 'READY', 'NODE', 'IP', 'PORTS', 'AGE']);
  expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(items.map(({ metadata }) => metadata.name));
  expect((await cli('claim containers shop -o name')).stdout).toBe(
    items.map(({ metadata }) => `pod/${metadata.name}\n`).join(''),
  );
  expect(parse((await cli('claim list -o yaml')).stdout)).toMatchObject({
    kind: 'List',
    items: [{ kind: 'ContainerClaim', metadata: { name: 'shop' }, status: { allocated: 4 } }],
  });
  expect((await cli('claim list -A')).stdout).toMatch(/^NAMESPACE {3}NAME .*\ndefault {5}shop {3}4 {9}4 /);
  expect((await cli('claim describe shop')).stdout).toMatch(/State: +ready: 4 of 4 containers delivered\n/);
  // a pool's status is written at most once a second
  await until(async () => /Delivered: +4\n/.test((await cli('pool describe web')).stdout));

  expect(await cli('pool scale web 2')).toEqual({
    exitCode: 0,
    stdout: 'pool web keeps 2 containers ready, was 6\n',
    stderr: '',
  });
  expect((await cli('claim delete shop')).stdout).toBe('claim shop deleted\n');
  expect((await cli('pool delete web')).stdout).toBe('pool web deleted\n');
  await until(async () => (await cluster.list(Pod)).items.length === 0);
});

test('a file of several objects, from standard input', async () => {
  const object = (name: string) =>
    `kind: ContainerPool\napiVersion: penstock.dev/v1alpha1\nmetadata: {name: ${name}}\nspec: {template: {spec: {containers: [{name: a, image: a}]}}}\n`;
  const { exitCode, stdout } = await penstock(['pool', 'create', '-f', '-', '-o', 'name'], {
    cluster: world.cluster,
    stdin: `${object('one')}---\n${object('two')}`,
  });
  expect(stdout).toBe('containerpool.penstock.dev/one\ncontainerpool.penstock.dev/two\n');
  expect(exitCode).toBe(0);
  expect((await cli('pool delete one two')).exitCode).toBe(0);
});

test('Ctrl-C leaves the claim, and says so', async () => {
  await cli('pool create empty --image web:1 --replicas 0');
  const interruption = new AbortController();
  const running = penstock(['deliver', '2', '--pool', 'empty', '--name', 'waits'], {
    cluster: world.cluster,
    interrupted: interruption.signal,
  });
  const ref = { namespace: 'default', name: 'waits' };
  await until(async () =>
    (await world.cluster.list(ContainerClaim)).items.some(
      ({ metadata, status }) => metadata.name === ref.name && status !== undefined,
    ),
  );
  interruption.abort(new Interrupted('SIGINT'));
  const { exitCode, stderr } = await running;
  expect(stderr).toContain(
    'claim waits goes on without you: see penstock claim describe waits; end it with penstock claim delete waits\n',
  );
  expect(exitCode).toBe(130);
  expect((await world.cluster.get(ContainerClaim, ref)).metadata.deletionTimestamp).toBeUndefined();
  await cli('claim delete waits');
});

test('a deadline that passes has its own exit code', async () => {
  const { exitCode, stderr } = await cli('deliver 2 --pool empty --name late --deadline 1s');
  expect(stderr).toMatch(
    /error: claim late was given up: 0 of 2 containers could be had within 1s, .*; allow more time .*\n$/,
  );
  expect(exitCode).toBe(8);
});

test('a claim that does not wait for stock fails at once', async () => {
  const { exitCode, stderr } = await cli('deliver 2 --pool empty --name now --when-empty Fail');
  expect(stderr).toMatch(/error: claim now was given up: 0 of 2 containers were in stock, .*\n$/);
  expect(exitCode).toBe(1);
});

test('the definitions as YAML, without a cluster', async () => {
  const { exitCode, stdout } = await penstock(['install', '--crds', '--print']);
  expect(exitCode).toBe(0);
  expect(parseAllDocuments(stdout).map((document) => document.toJS() as unknown)).toEqual(customResourceDefinitions);
});

test('the demo tells what it delivered, how long it took, what it cost, and where two policies put the same batch', async () => {
  const { exitCode, stdout, stderr } = await penstock(['demo', '--containers', '12', '--claim', '9']);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\nall 4 +shop .*\n/);
  expect(stdout).toMatch(/\nall 4 +blog .*\n/);
  expect(stdout).toMatch(/\nall 1 +search .*\n/);
  expect(stdout).toMatch(/hand-over .* 9 +1 per container\n/);
  expect(stdout).toMatch(/resize in place +1 +1 per resized container\n/);
  expect(stdout).toMatch(/\nSimulated in this are .* of the cold batch/);
  expect(stdout).toMatch(/\nused before +[▅▆▇]{6}▁{6} /);
  expect(stdout).toMatch(/\nkube-default leaves 6 of 12 nodes over 80 %, and an imbalance of 0\.\d\d;\n/);
  expect(stdout).toMatch(/\nbalance leaves no node over 80 %, and an imbalance of 0\.\d\d\.\n/);
  expect(stdout).toMatch(
    /\npenstock explain says why: 12 of \d+ nodes can take it; balance prefers demo-use-(6|7|8|9|10|11)\.\n/,
  );
  // no terminal: no escape sequences
  expect(stdout).not.toContain('\u001b');
});

test('every command has help with examples', async () => {
  const commands = ['demo', 'install', 'run', 'deliver', 'nodes'];
  for (const group of [
    ['pool', 'create', 'list', 'describe', 'scale', 'delete'],
    ['claim', 'create', 'list', 'describe', 'containers', 'delete'],
  ]) {
    const [name, ...below] = group;
    commands.push(...below.map((command) => `${name} ${command}`));
  }
  for (const command of commands) {
    const { exitCode, stdout } = await penstock([...command.split(' '), '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\nExamples:\n {2}penstock /);
  }
});

test('a pool that sizes itself says why it is as large as it is, and is not scaled by hand', async () => {
  const created = await cli('pool create own --image web:1 --replicas 2 --autoscale 1-9 -o json');
  expect(JSON.parse(created.stdout)).toMatchObject({
    spec: { replicas: 2, autoscale: { hitRate: 0.99, min: 1, max: 9, change: { lowerPerMinute: 10 } } },
  });
  await until(async () => /Ready: +2\n/.test((await cli('pool describe own')).stdout));
  const described = (await cli('pool describe own')).stdout;
  expect(described).toMatch(/Sized from demand: +begins with 2: demand has been counted for less than an hour/);
  expect(described).toMatch(/Lead time: +\d+s\n/);
  expect(await cli('pool scale own 5')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('pool own sizes itself from demand'),
  });
  await cli('pool delete own');
});

test('containers are moved from one workload to another, or it is told why they cannot be', async () => {
  const { cluster } = world;
  for (const line of [
    'pool create lender --image web:1 --replicas 3',
    'pool create other --image web:2 --replicas 0',
    'pool create alike --image web:1 --replicas 0',
    'claim create starved --pool other --count 2',
    'claim create waiting --pool alike --count 2',
  ])
    expect(await cli(line)).toMatchObject({ exitCode: 0 });
  await until(
    async () => (await cluster.get(ContainerPool, { namespace: 'default', name: 'lender' })).status?.ready === 3,
  );
  expect(await cli('migrate pool/lender claim/starved --dry-run')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/0 of 1 could be moved: .*image is web:1, web:2 is wanted/),
  });
  expect(await cli('migrate pool/lender statefulset/db')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('a pod cannot be renamed'),
  });
  expect(await cli('migrate lender claim/waiting')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('It must be pool/NAME, claim/NAME or deployment/NAME'),
  });
  expect(await cli('migrate pool/lender pool/lender')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('must not be the workload that they come from'),
  });
  expect((await cli('migrate pool/lender claim/waiting --count 2 --dry-run')).stdout).toMatch(/^2 could be moved/);
  const moved = await cli('migrate pool/lender claim/waiting --count 2 --name lend');
  expect(moved).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/lend +lender +waiting +2 +2 +Moved/) });
  const { stdout } = await cli('migration describe lend');
  expect(stdout).toMatch(/State: +Moved: 2 of 2 moved\n/);
  expect(stdout.match(/lender-\S+ +containerd:\/\/\S+/g)).toHaveLength(2);
  expect(await cli('migration cancel lend')).toMatchObject({
    exitCode: 7,
    stderr: expect.stringContaining('has ended'),
  });
  expect((await cli('migration list')).stdout).toMatch(/^NAME +FROM +TO +DESIRED +MOVED +REASON +AGE\n/);
  await cli('migrate pool/lender pool/alike --name held --no-wait');
  expect((await cli('migration pause held')).stdout).toBe('migration held: pause\n');
  expect((await cli('migration resume held')).stdout).toBe('migration held: resume\n');
  expect((await cli('migration pause nothing')).stderr).toContain('there is no migration nothing');
  for (const line of ['claim delete starved waiting', 'pool delete lender other alike']) await cli(line);
});

test('the end of work is waited for, and its exit code is that of the command', async () => {
  const pool = (name: string, metadata: object, restartPolicy: string) => ({
    apiVersion: 'penstock.dev/v1alpha1',
    kind: 'ContainerPool',
    metadata: { name },
    spec: {
      replicas: 2,
      latch: { mode: 'Exec' },
      template: { metadata, spec: { restartPolicy, containers: [{ name: 'job', image: 'job:1', command: ['/job'] }] } },
    },
  });
  const ends = (code: number) => ({
    annotations: { [simulation.runFor]: '200ms', [simulation.exitCode]: String(code) },
  });
  const pools = [pool('good', ends(0), 'Never'), pool('bad', ends(7), 'Never'), pool('endless', {}, 'Always')];
  const path = files.write('jobs.yaml', pools.map((one) => JSON.stringify(one)).join('\n---\n'));
  expect(await cli(`pool create -f ${path}`)).toMatchObject({ exitCode: 0 });
  const good = await cli('deliver 2 --pool good --wait complete --name done');
  expect(good).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^NAME +ITEM +INDEX +EXIT .*\n(.* 0 +[01] +0 .*\n){2}$/),
  });
  const bad = await cli('deliver 1 --pool bad --wait complete --name undone --backoff-limit 0 -o json');
  expect(bad).toMatchObject({
    exitCode: 7,
    stderr: expect.stringMatching(/claim undone has failed: 1 failure, .*exit code 7\n$/),
  });
  expect((JSON.parse(bad.stdout) as { items: readonly Pod[] }).items).toMatchObject([{ status: { phase: 'Failed' } }]);
  expect((await cli('claim describe undone')).stdout).toMatch(/^Failed: +1$/m);
  const endless = await cli('deliver 1 --pool endless --wait complete --name endless');
  expect(endless).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/restartPolicy: Always.*restartPolicy: Never/),
  });
  expect((await cli('deliver 1 --pool good --wait forever')).exitCode).toBe(2);
  for (const line of ['claim delete done undone endless', 'pool delete good bad endless']) await cli(line);
});
