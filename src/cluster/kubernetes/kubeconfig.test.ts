import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../../support/errors.js';
import { silentLogger } from '../../support/log.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { RotatingCredentials } from './credentials.js';
import { readTarget } from './kubeconfig.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-kubeconfig-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: unknown): string => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const config = (user: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'work',
  clusters: [
    { name: 'c', cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'Q0E=', ...more } },
  ],
  users: [{ name: 'ann', user }],
  contexts: [
    { name: 'work', context: { cluster: 'c', user: 'ann', namespace: 'shop' } },
    { name: 'play', context: { cluster: 'c', user: 'ann' } },
  ],
});
const environment = { HOME: '/nowhere' };
const read = async (kubeconfig: string, context?: string) =>
  readTarget({ kubeconfig, environment, ...(context === undefined ? {} : { context }) });
const identity = async (kubeconfig: string, now = 0) => (await read(kubeconfig)).identities.load(now);

describe('where to go', () => {
  test('the current context says server, namespace and user', async () => {
    expect(await read(write('config', config({ token: 't' })))).toMatchObject({
      server: 'https://10.0.0.1:6443',
      namespace: 'shop',
      context: 'work',
      user: 'ann',
    });
  });

  test('another context can be chosen; without a namespace it is default', async () => {
    expect(await read(write('config', config({ token: 't' })), 'play')).toMatchObject({
      context: 'play',
      namespace: 'default',
    });
  });

  test('of several files the first to name a thing wins', async () => {
    const first = write('first', config({ token: 'one' }));
    const second = write('second', {
      ...config({ token: 'two' }),
      contexts: [{ name: 'third', context: { cluster: 'c', user: 'ann' } }],
    });
    const target = readTarget({
      context: 'third',
      environment: { ...environment, KUBECONFIG: `${first}:${second}` },
    });
    expect((await target.identities.load(0)).headers.authorization).toBe('Bearer one');
  });

  test('files of KUBECONFIG that do not exist are passed over, unless none does', async () => {
    const list = (...files: readonly string[]) => ({ ...environment, KUBECONFIG: files.join(':') });
    const file = write('config', config({ token: 't' }));
    expect(readTarget({ environment: list(join(folder, 'none'), file) })).toMatchObject({ context: 'work' });
    expect(() => readTarget({ environment: list(join(folder, 'none')) })).toThrow(/there is no kubeconfig/);
  });

  test('in a pod, the service account says it', async () => {
    const account = 'var/run/secrets/kubernetes.io/serviceaccount';
    for (const [name, text] of [
      ['token', 'pod-token'],
      ['ca.crt', 'CA'],
      ['namespace', 'shop'],
    ] as const)
      write(join(account, name), text);
    const pod = { ...environment, KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
    const target = readTarget({ environment: pod, root: folder });
    expect(target).toMatchObject({ server: 'https://10.96.0.1:443', namespace: 'shop' });
    expect(await target.identities.load(0)).toEqual({
      headers: { authorization: 'Bearer pod-token' },
      tls: { ca: 'CA' },
    });
  });
});

/** Unsigned, of somebody until so many seconds after 1970; the server judges the rest. */
const jsonWebToken = (exp: number) => `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`;
const oidc = (token: string) => ({ 'auth-provider': { name: 'oidc', config: { 'id-token': token } } });

describe('who we are', () => {
  test.each([
    ['a token', { token: 't' }, 'Bearer t'],
    ['a name and a password', { username: 'ann', password: 'secret' }, 'Basic YW5uOnNlY3JldA=='],
    ['a token before a plugin', { token: 't', exec: { command: 'none', apiVersion: 'v0' } }, 'Bearer t'],
    ['an OpenID Connect token', oidc(jsonWebToken(5)), `Bearer ${jsonWebToken(5)}`],
  ])('%s', async (_, user, authorization) => {
    expect((await identity(write('config', config(user)))).headers).toEqual({ authorization });
  });

  test('a client certificate, and whom to trust', async () => {
    const user = { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' };
    expect((await identity(write('config', config(user, { 'tls-server-name': 'api' })))).tls).toEqual({
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
      servername: 'api',
    });
  });

  test('certificates may stand in files beside the kubeconfig', async () => {
    for (const name of ['ca', 'cert', 'key']) write(`pki/${name}.pem`, name.toUpperCase());
    const user = { 'client-certificate': 'pki/cert.pem', 'client-key': 'pki/key.pem' };
    const cluster = { 'certificate-authority-data': undefined, 'certificate-authority': 'pki/ca.pem' };
    expect(await identity(write('config', config(user, cluster)))).toEqual({
      headers: {},
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
    });
  });

  test('anybody may be the server where its certificate is not to be checked', async () => {
    const cluster = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    expect((await identity(write('config', config({}, cluster)))).tls).toEqual({ rejectUnauthorized: false });
  });

  test('somebody else, whom the user may impersonate', async () => {
    const user = {
      token: 't',
      as: 'bob',
      'as-uid': '7',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { 'Example.com/Scopes': ['view'] },
    };
    expect((await identity(write('config', config(user)))).headers).toEqual({
      authorization: 'Bearer t',
      'impersonate-user': 'bob',
      'impersonate-uid': '7',
      'impersonate-group': ['dev', 'ops'],
      'impersonate-extra-example.com%2Fscopes': ['view'],
    });
  });

  test('a token file beside the kubeconfig is read again after a minute, and at once when it is refused', async () => {
    write('token', 'first\n');
    const clock = new VirtualClock();
    const { identities } = await read(write('config', config({ tokenFile: 'token' })));
    const credentials = new RotatingCredentials(identities, clock, silentLogger);
    const token = async () => (await credentials.current()).headers.authorization;
    expect(await token()).toBe('Bearer first');
    write('token', 'second');
    expect(await token()).toBe('Bearer first');
    await clock.advance(10_000);
    expect(await credentials.renew(await credentials.current())).toBe(true);
    expect(await token()).toBe('Bearer second');
    expect(await credentials.renew(await credentials.current())).toBe(false);
    write('token', 'third');
    await clock.advance(61_000);
    expect(await token()).toBe('Bearer third');
    rmSync(join(folder, 'token'));
    await clock.advance(61_000);
    expect(await token()).toBe('Bearer third');
  });

  test('a plugin is run, told who asks, and not run again until it is refused', async () => {
    const count = join(folder, 'count');
    const script = write(
      'plugin.mjs',
      `import { appendFileSync, readFileSync } from 'node:fs';
       appendFileSync(${JSON.stringify(count)}, 'x');
       const { apiVersion, kind } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
       const token = 'run-' + readFileSync(${JSON.stringify(count)}, 'utf8').length;
       console.log(JSON.stringify({ apiVersion, kind, status: { token } }));`,
    );
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [script],
      interactiveMode: 'Never',
    };
    const clock = new VirtualClock();
    const { identities } = await read(write('config', config({ exec })));
    const credentials = new RotatingCredentials(identities, clock, silentLogger);
    const [one, two] = await Promise.all([credentials.current(), credentials.current()]);
    expect([one?.headers, two?.headers]).toEqual([
      { authorization: 'Bearer run-1' },
      { authorization: 'Bearer run-1' },
    ]);
    await clock.advance(3_600_000);
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer run-1' });
    expect(await credentials.renew(await credentials.current())).toBe(true);
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer run-2' });
  });
});

describe('what is wrong with it is said', () => {
  test.each<[string, string, string | undefined, string, RegExp, RegExp, number]>([
    [
      'malformed YAML, where',
      'clusters: [\n  a: b: c',
      undefined,
      'KUBECONFIG_MALFORMED',
      /line 2, column/,
      /kubectl config view/,
      exitCodes.invalid,
    ],
    [
      'no kubeconfig at all',
      'hello: world',
      undefined,
      'KUBECONFIG_MALFORMED',
      /no list `clusters`/,
      /kubectl/,
      exitCodes.invalid,
    ],
    [
      'an unknown context',
      JSON.stringify(config({})),
      'home',
      'CONTEXT_NOT_FOUND',
      /no context "home"/,
      /work, play/,
      exitCodes.notFound,
    ],
    [
      'a proxy',
      JSON.stringify(config({}, { 'proxy-url': 'http://p' })),
      undefined,
      'KUBECONFIG_UNSUPPORTED',
      /proxy-url/,
      /tunnel/,
      exitCodes.usage,
    ],
    [
      'a server that is no URL',
      JSON.stringify(config({}, { server: '10.0.0.1' })),
      undefined,
      'KUBECONFIG_MALFORMED',
      /is no URL: 10\.0\.0\.1/,
      /kubectl/,
      exitCodes.invalid,
    ],
    [
      'an auth-provider that Kubernetes has removed',
      JSON.stringify(config({ 'auth-provider': { name: 'gcp' } })),
      undefined,
      'KUBECONFIG_UNSUPPORTED',
      /auth-provider gcp/,
      /gke-gcloud-auth-plugin/,
      exitCodes.usage,
    ],
    [
      'a token that YAML takes for a number',
      JSON.stringify(config({ token: 12345 })),
      undefined,
      'KUBECONFIG_MALFORMED',
      /users\[0\]\.user\.token must be a string/,
      /kubectl/,
      exitCodes.invalid,
    ],
    [
      'a user who is not there',
      JSON.stringify({ ...config({}), users: [] }),
      undefined,
      'KUBECONFIG_MALFORMED',
      /user "ann"/,
      /kubectl/,
      exitCodes.invalid,
    ],
  ])('%s', async (_, text, context, code, message, hint, exitCode) => {
    await expect(read(write('config', text), context)).rejects.toMatchObject({
      code,
      exitCode,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test('no such file', async () => {
    await expect(read(join(folder, 'none'))).rejects.toMatchObject({
      code: 'KUBECONFIG_NOT_FOUND',
      message: `there is no kubeconfig ${join(folder, 'none')}`,
    });
  });

  test('nothing to go by', async () => {
    await expect(async () => readTarget({ environment, root: folder })).rejects.toMatchObject({
      code: 'KUBECONFIG_NOT_FOUND',
      hint: expect.stringContaining('penstock demo'),
    });
  });

  test('an OpenID Connect token that has expired', async () => {
    const file = write('config', config(oidc(jsonWebToken(5))));
    await expect(identity(file, 5000)).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: 'the OpenID Connect token of user "ann" has expired',
      hint: expect.stringContaining('kubectl'),
    });
  });

  test('a plugin that fails', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', 'console.error("log in first"); process.exit(1)'],
    };
    await expect(identity(write('config', config({ exec })))).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: 'the credentials of user "ann" could not be had: log in first',
    });
  });
});
