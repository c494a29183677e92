import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { CustomResourceDefinition, Namespace, Pod } from '../../src/api/kubernetes.js';
import { installCrds } from '../../src/cluster/crds.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { sharedControlPlane } from '../control-plane/shared.js';
import { Files, kubeconfig, penstock } from './harness.js';

const clock = new WallClock();
const files = new Files();
afterAll(() => files.end());

const claimYaml = (spec: string, name = 'batch') => `apiVersion: penstock.dev/v1alpha1
kind: ContainerClaim
metadata: {name: ${name}}
spec:
${spec.replace(/^/gm, '  ')}
`;
const poolYaml = (spec: string) => `apiVersion: penstock.dev/v1alpha1
kind: ContainerPool
metadata: {name: other}
spec:
  template: {spec: {containers: [{name: main, image: web:1}]}}
${spec.replace(/^/gm, '  ')}
`;

async function clusterWithPools(): Promise<EmbeddedCluster> {
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  await installCrds(cluster, clock);
  await cluster.create(Namespace, { metadata: { name: 'team-a' } });
  for (const [namespace, name] of [
    ['default', 'web'],
    ['default', 'search'],
    ['team-a', 'render'],
  ] as const) {
    const { exitCode } = await penstock(['pool', 'create', name, '--image', 'web:1', '-n', namespace], { cluster });
    expect(exitCode).toBe(0);
  }
  const batch = files.write('batch.yaml', claimYaml('pool: {name: web}\nitems: [{count: 3}]'));
  expect((await penstock(['claim', 'create', '-f', batch], { cluster })).exitCode).toBe(0);
  return cluster;
}

describe('each mistake is one line that says what is wrong and what to do, and changes nothing', () => {
  let cluster: EmbeddedCluster;
  beforeAll(async () => {
    cluster = await clusterWithPools();
  });
  const state = async () => {
    const lists = [cluster.list(ContainerPool), cluster.list(ContainerClaim), cluster.list(Pod)] as const;
    return JSON.stringify((await Promise.all(lists)).map(({ items }) => items));
  };

  const onFile: readonly [name: string, file: string, exitCode: number, line: string][] = [
    [
      'an unknown field',
      claimYaml('pool: {name: web}\nitems: [{count: 3}]\nminAvailble: 2'),
      3,
      '7:3: spec.minAvailble: is not a field of this kind; did you mean `minAvailable`?',
    ],
    [
      'a wrong unit',
      claimYaml('pool: {name: web}\nitems:\n- count: 3\n  resources: {requests: {memory: 2Gib}}'),
      3,
      '8:28: spec.items[0].resources.requests.memory: must be a quantity of 0 or more, such as 500m or 2Gi, is "2Gib"',
    ],
    [
      'a negative count',
      claimYaml('pool: {name: web}\nitems: [{count: -3}]'),
      3,
      '6:12: spec.items[0].count: must be 1 or more, is -3',
    ],
    [
      'a count over the limit',
      claimYaml('pool: {name: web}\nitems: [{count: 9999}, {count: 2}]'),
      3,
      '6:3: spec.items: must ask for at most 10000 containers in all, asks for 10001',
    ],
    [
      'minAvailable over the sum',
      claimYaml('pool: {name: web}\nitems: [{count: 3}]\nminAvailable: 4'),
      3,
      '7:3: spec.minAvailable: must be at most the 3 containers that the items ask for, is 4',
    ],
    [
      'malformed YAML',
      'spec: [1\nkind: 2',
      3,
      '2:1: is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ];
  it.each(onFile)('%s', async (_, text, exitCode, line) => {
    const file = files.write('bad.yaml', text);
    const before = await state();
    const result = await penstock(['claim', 'create', '-f', file], { cluster });
    expect(result).toEqual({ exitCode, stdout: '', stderr: `error: ${file}:${line}\n` });
    expect(await state()).toBe(before);
  });

  const onCommandLine: readonly [argv: string, exitCode: number, line: string][] = [
    ['deliver 3 --pool wbe', 4, 'there is no pool wbe in namespace default; did you mean web? there are: search, web'],
    [
      'deliver 3 --pool render',
      4,
      'there is no pool render in namespace default, but there is one in team-a: pods never change namespace, so a pool serves only claims of its own; use --namespace team-a',
    ],
    [
      'deliver 3 --pool web -n team-b',
      4,
      'there is no pool web in namespace team-b, but there is one in default: pods never change namespace, so a pool serves only claims of its own; use --namespace default',
    ],
    [
      'deliver 3 --pool nothing -n team-b',
      4,
      'there is no pool nothing in namespace team-b, nor any other; make one: penstock pool create',
    ],
    [
      'deliver 3 --pool web --min-available 4',
      3,
      'the ContainerClaim is not valid: spec.minAvailable must be at most the 3 containers that the items ask for, is 4',
    ],
    [
      'deliver 3 --pool web --file a=/etc/hostname',
      3,
      "pool web does not serve such a claim: item 0: file a is not among the pool's spec.configuration.files (none); change the claim or the pool: penstock pool describe web",
    ],
    [
      'deliver 3 --pool web --name batch --tenant t',
      7,
      'the ContainerClaim exists already with another spec: spec cannot be changed: delete the claim and create a new one',
    ],
    [
      'deliver -3 --pool web',
      2,
      "command-argument value '-3' is invalid for argument 'count'. It must be 1 or more; see penstock deliver --help",
    ],
    [
      'deliver 10001 --pool web',
      2,
      "command-argument value '10001' is invalid for argument 'count'. It must be at most 10000; see penstock deliver --help",
    ],
    [
      'deliver 3 --pool web --memory 2Gib',
      2,
      "option '--memory <quantity>' argument '2Gib' is invalid. It must be a quantity of 0 or more, such as 500m or 2Gi; see penstock deliver --help",
    ],
    [
      'deliver 3 --pool web --deadline 30',
      2,
      "option '--deadline <duration>' argument '30' is invalid. It must be a duration such as 90s, 10m or 1h30m; see penstock deliver --help",
    ],
    [
      'deliver 3 --pool web --env SITE',
      2,
      "option '--env <name=value>' argument 'SITE' is invalid. It must be NAME=VALUE; see penstock deliver --help",
    ],
    ['nodes', 2, 'the option --count N is missing; see penstock nodes --help'],
    [
      'deliver 3',
      2,
      'no pool was given; use --pool NAME, or --selector LABEL=VALUE for the best of several; see penstock deliver --help',
    ],
    ['deliver 3 --pol web', 2, "unknown option '--pol' (Did you mean --pool?); see penstock deliver --help"],
    ['delivr 3', 2, "unknown command 'delivr' (Did you mean deliver?); see penstock --help"],
    ['pool lst', 2, "unknown command 'lst' (Did you mean list?); see penstock pool --help"],
    [
      'pool list -o jsn',
      2,
      "option '-o, --output <format>' argument 'jsn' is invalid. Allowed choices are table, wide, json, yaml, name; see penstock pool list --help",
    ],
    [
      'pool describe serch',
      4,
      'there is no pool serch in namespace default; did you mean search? there are: search, web',
    ],
    [
      'pool scale web -1',
      2,
      "command-argument value '-1' is invalid for argument 'replicas'. It must be 0 or more; see penstock pool scale --help",
    ],
    ['pool delete web wbe', 4, 'there is no pool wbe in namespace default; did you mean web? there are: search, web'],
    [
      'pool create web --image web:2',
      7,
      'there is a pool web already; change it with kubectl edit containerpool web or penstock pool scale, or choose another name',
    ],
    [
      'pool create UPPER --image web:2',
      3,
      'the ContainerPool is not valid: metadata.name must be lower-case letters, digits, - and ., with a letter or digit first and last, is "UPPER"',
    ],
    [
      'pool create x --from-deployment statefulset/db',
      2,
      "option '--from-deployment <name>' argument 'statefulset/db' is invalid. Only Deployments can be given: pods of a StatefulSet go by their numbers, those of a Job are counted by finalizers, those of a DaemonSet belong to their nodes; see penstock pool create --help",
    ],
    [
      'pool create x --from-deployment deploy/web --cpu 1',
      2,
      "--cpu was given beside --from-deployment; leave --cpu out: the containers are made from the template of the Deployment's pods",
    ],
    ['claim describe btch', 4, 'there is no claim btch in namespace default; did you mean batch? there are: batch'],
    [
      'claim create x --pool web',
      2,
      'neither a file nor pool and count were given; use --pool POOL --count N, or -f FILE',
    ],
    [
      'install --with gold',
      2,
      'there is no gold; choose from tenants, gate, exec, monitor, alerts, dashboard, scheduler, rebalancer',
    ],
  ];
  it.each(onCommandLine)('penstock %s', async (line, exitCode, message) => {
    const before = await state();
    const result = await penstock(line.split(' '), { cluster });
    expect(result).toEqual({ exitCode, stdout: '', stderr: `error: ${message}\n` });
    expect(await state()).toBe(before);
  });

  test('several mistakes in a file are a line each, and what is right in it is not created either', async () => {
    const file = files.write(
      'two.yaml',
      `${claimYaml('pool: {name: web}\nitems: [{count: 1}]', 'right')}---\n${poolYaml('replicas: -1\nreplica: 2')}`,
    );
    const before = await state();
    const { exitCode, stderr } = await penstock(['claim', 'create', '-f', file], { cluster });
    expect(exitCode).toBe(3);
    expect(stderr.match(/^error: .*two\.yaml:\d+:\d+: spec\.replica.*\n/gm)).toHaveLength(2);
    expect(await state()).toBe(before);
  });

  test('a file for another namespace, or of another kind', async () => {
    const file = files.write(
      'pool.yaml',
      poolYaml('replicas: 1').replace('{name: other}', '{name: other, namespace: team-a}'),
    );
    expect((await penstock(['pool', 'create', '-f', file, '-n', 'default'], { cluster })).stderr).toBe(
      `error: ${file}:1: is for namespace team-a, not for default; leave out --namespace\n`,
    );
    expect((await penstock(['claim', 'create', '-f', file], { cluster })).stderr).toBe(
      `error: ${file}:1: is a ContainerPool; this command takes a ContainerClaim\n`,
    );
  });

  test('a changed field of a claim that may not change', async () => {
    const file = files.write('changed.yaml', claimYaml('pool: {name: web}\nitems: [{count: 4}]'));
    expect(await penstock(['claim', 'create', '-f', file], { cluster })).toEqual({
      exitCode: 7,
      stdout: '',
      stderr:
        'error: the ContainerClaim exists already with another spec: spec cannot be changed: delete the claim and create a new one\n',
    });
  });
});

describe('kinds that are not there', () => {
  test('missing', async () => {
    const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
    for (const line of ['pool create web --image web:1', 'deliver 3 --pool web', 'run']) {
      const { exitCode, stderr } = await penstock(line.split(' '), { cluster });
      expect(stderr).toBe('error: the cluster does not have the kind ContainerPool; run: penstock install --crds\n');
      expect(exitCode).toBe(9);
    }
    for (const line of ['pool list', 'claim describe x']) {
      const { exitCode, stderr } = await penstock(line.split(' '), { cluster });
      expect(stderr).toBe('error: test does not have the kinds of penstock.dev; run `penstock install --crds`\n');
      expect(exitCode).toBe(9);
    }
  });

  test('older than the program', async () => {
    const cluster = await clusterWithPools();
    const older = { metadata: { annotations: { 'penstock.dev/schema-revision': '0' } } };
    await cluster.patch(CustomResourceDefinition, { name: 'containerclaims.penstock.dev' }, mergePatch(older));
    const { exitCode, stderr } = await penstock(['deliver', '3', '--pool', 'web'], { cluster });
    expect(stderr).toBe(
      "error: the cluster's ContainerClaim is older than this program: revision 0, not 1; run: penstock install --crds\n",
    );
    expect(exitCode).toBe(9);
  });
});

describe('ways to a cluster that lead nowhere', () => {
  test('no kubeconfig at all', async () => {
    const { exitCode, stderr } = await penstock(['pool', 'list']);
    expect(stderr).toMatch(/^error: no cluster to talk to: .*; name a kubeconfig with --kubeconfig FILE, or try .*\n$/);
    expect(exitCode).toBe(4);
  });

  test('a server that does not listen', async () => {
    const file = files.write('closed', kubeconfig('https://127.0.0.1:9', 'x'));
    const { exitCode, stderr } = await penstock(['pool', 'list', '--kubeconfig', file]);
    expect(stderr).toBe(
      'error: https://127.0.0.1:9 cannot be reached: nothing listens there (ECONNREFUSED); is the cluster running, and are host and port of the kubeconfig right?\n',
    );
    expect(exitCode).toBe(6);
  });

  test('a context that does not exist, and a kubeconfig that is none', async () => {
    const good = files.write('good', kubeconfig('https://127.0.0.1:9', 'x'));
    const bad = files.write('bad', 'clusters: [');
    const context = await penstock(['pool', 'list', '--kubeconfig', good, '--context', 'tset']);
    expect(context).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('has no context "tset"') });
    const malformed = await penstock(['pool', 'list'], { environment: { KUBECONFIG: bad } });
    expect(malformed).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^error: .*bad is not a kubeconfig: .*\n$/),
    });
  });
});

describe.skipIf(lacks(controlPlane, 'the command line on a real API server'))('on a real API server', () => {
  test('an expired token', async () => {
    const { url, ca } = await sharedControlPlane();
    const file = files.write('expired', kubeconfig(url, 'expired', ca));
    const { exitCode, stderr } = await penstock(['pool', 'list', '--kubeconfig', file]);
    expect(stderr).toBe(
      `error: ${url} does not know user "ann" (context "test"): the token or certificate is wrong or has expired; log in again or renew the credentials in the kubeconfig; --context chooses another user\n`,
    );
    expect(exitCode).toBe(5);
  });

  test('a missing permission is named', async () => {
    const { url, ca, userToken } = await sharedControlPlane();
    const file = files.write('visitor', kubeconfig(url, userToken, ca));
    const { exitCode, stderr } = await penstock(['pool', 'list', '--kubeconfig', file]);
    expect(stderr).toMatch(/^error: .*cannot list resource "containerpools" in API group "penstock.dev" .*\n$/);
    expect(exitCode).toBe(5);
    const demo = await penstock(['demo', '--kubeconfig', file]);
    expect(demo.stderr).toMatch(/^error: .*cannot create resource "namespaces".*\n$/);
    expect(demo.exitCode).toBe(5);
  });
});

describe('snapshots', () => {
  test.each([
    [['snapshot'], 2, /^error: no file is named; name one with -o, or see penstock snapshot --help\n$/],
    [['snapshot', 'show', '/nonexistent/x'], 4, /^error: the snapshot \/nonexistent\/x cannot be read: ENOENT/],
    [['snapshot', '-o', 'x', '--watch', 'soon'], 2, /^error: .*It must be a duration such as 90s/],
  ])('%j', async (argv, exitCode, message) => {
    const result = await penstock(argv);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toMatch(message);
  });

  test('that cannot be written are not, and nothing is left half done', async () => {
    const cluster = await clusterWithPools();
    const { exitCode, stderr } = await penstock(['snapshot', '-o', '/nonexistent/x'], { cluster });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cannot be written') });
  });

  test('show what they have', async () => {
    const cluster = await clusterWithPools();
    const file = files.pathOf('cluster.snapshot');
    expect((await penstock(['snapshot', '-o', file], { cluster })).stdout).toContain('cluster.snapshot written');
    const { stdout } = await penstock(['snapshot', 'show', file]);
    expect(stdout).toMatch(/ContainerPool +3/);
    expect(stdout).toContain('Use:         not measured');
    expect(JSON.parse((await penstock(['snapshot', 'show', file, '--format', 'json'])).stdout)).toMatchObject({
      end: { objects: { ContainerPool: 3, ContainerClaim: 1 } },
    });
  });
});
