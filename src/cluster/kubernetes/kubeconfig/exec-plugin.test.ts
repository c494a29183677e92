import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTarget } from '../kubeconfig.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-plugin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Who we are by a kubeconfig whose user has this plugin. */
async function identity(exec: object, extensions: readonly object[] = []) {
  const server = { server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'Q0E=' };
  const kubeconfig = join(folder, 'config');
  const config = {
    'current-context': 'work',
    clusters: [{ name: 'c', cluster: { ...server, extensions } }],
    users: [{ name: 'ann', user: { exec } }],
    contexts: [{ name: 'work', context: { cluster: 'c', user: 'ann' } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return readTarget({ kubeconfig, environment: {} }).identities.load(0);
}

const apiVersion = 'client.authentication.k8s.io/v1beta1';
/** A plugin that prints `credential`, a JavaScript expression in which `info` is what it is told. */
const plugin = (credential: string, more: object = {}) => ({
  apiVersion,
  command: process.execPath,
  args: ['-e', `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO); console.log(JSON.stringify(${credential}))`],
  ...more,
});
const answer = (status: object) => `{ ...info, status: ${JSON.stringify(status)} }`;

test('a plugin gives a certificate for a while', async () => {
  const status = {
    clientCertificateData: 'CERT',
    clientKeyData: 'KEY',
    expirationTimestamp: '1970-01-01T00:00:05Z',
  };
  expect(await identity(plugin(answer(status)))).toEqual({
    headers: {},
    tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
    expiresAt: 5000,
  });
});

test('a plugin is told about the cluster where it asks for that, and about its own variables', async () => {
  const extension = { name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } };
  const more = { provideClusterInfo: true, env: [{ name: 'SITE', value: 'shop' }] };
  const told = `{ ...info, status: { token: JSON.stringify([info.spec, process.env.SITE]) } }`;
  const { headers } = await identity(plugin(told, more), [extension]);
  expect(headers['authorization']).toBe(
    `Bearer ${JSON.stringify([
      {
        interactive: false,
        cluster: {
          server: 'https://10.0.0.1:6443',
          'certificate-authority-data': 'Q0E=',
          config: { audience: 'a' },
        },
      },
      'shop',
    ])}`,
  );
});

test('a plugin is found beside the kubeconfig when its name has a slash', async () => {
  const credential = JSON.stringify({ apiVersion, status: { token: 'near' } });
  writeFileSync(join(folder, 'plugin'), `#!/bin/sh\necho '${credential}'\n`);
  chmodSync(join(folder, 'plugin'), 0o755);
  const exec = { apiVersion, command: './plugin' };
  expect((await identity(exec)).headers).toEqual({ authorization: 'Bearer near' });
});

test.each<[string, object, RegExp]>([
  ['answers in another version', plugin(`{ apiVersion: 'v2', status: { token: 't' } }`), /answers in apiVersion v2/],
  ['gives nothing', plugin('info'), /neither a token nor a certificate/],
  ['gives half a pair', plugin(answer({ token: 't', clientKeyData: 'KEY' })), /a key without its certificate/],
  ['prints no JSON', plugin('', { args: ['-p', '"hello"'] }), /no JSON/],
  ['is of a version that is not known', plugin('info', { apiVersion: 'v0' }), /apiVersion "v0"/],
  ['must ask where there is no terminal', plugin('info', { interactiveMode: 'Always' }), /here is none/],
])('a plugin is refused when it %s', async (_, exec, message) => {
  await expect(identity(exec)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: expect.stringMatching(message),
  });
});

test('a plugin that is not installed is named, with the advice of the kubeconfig', async () => {
  const exec = { apiVersion, command: 'no-such-plugin', installHint: 'see example.com' };
  await expect(identity(exec)).rejects.toMatchObject({
    message: 'the exec plugin no-such-plugin of the kubeconfig is not installed',
    hint: 'see example.com',
  });
});
