/** Programs that give credentials: the API `client.authentication.k8s.io`, versions v1 and v1beta1. */
import { spawn } from 'node:child_process';
import { CodedError, exitCodes, messageOf } from '../../../support/errors.js';
import { instantOf } from '../../../support/time.js';
import type { Identity } from '../credentials.js';
import type { ClusterEntry, ExecPlugin } from './format.js';
import type { KubeconfigOptions } from './load.js';
import { textOf } from './material.js';

const versions: ReadonlySet<string> = new Set(
  ['v1', 'v1beta1'].map((version) => `client.authentication.k8s.io/${version}`),
);

/** What a plugin says on its standard error that is kept for messages, in characters. */
const mostComplaint = 4096;

/** What a plugin prints: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
interface ExecCredential {
  readonly apiVersion?: string;
  readonly status?: {
    readonly expirationTimestamp?: string;
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
  };
}

type Environment = NonNullable<KubeconfigOptions['environment']>;

interface Call {
  readonly plugin: ExecPlugin;
  readonly cluster: ClusterEntry;
  readonly environment: Environment;
  readonly prompts: 'allowed' | 'never';
}

/** Runs the plugin, and returns who it says we are. Throws an Error that says what it did wrong. */
export async function askPlugin(call: Call): Promise<Pick<Identity, 'headers' | 'expiresAt'> & PluginCertificate> {
  const { plugin } = call;
  if (!versions.has(plugin.apiVersion))
    throw new Error(`exec plugins of apiVersion "${plugin.apiVersion}" are not known`);
  const { apiVersion, status } = read(await run(call));
  if (apiVersion !== plugin.apiVersion)
    throw new Error(`the exec plugin answers in apiVersion ${apiVersion}, the kubeconfig says ${plugin.apiVersion}`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status ?? {};
  if ((cert === undefined) !== (key === undefined))
    throw new Error('the exec plugin gave a certificate without its key, or a key without its certificate');
  if (!token && !cert) throw new Error('the exec plugin gave neither a token nor a certificate');
  const expiresAt = instantOf(expirationTimestamp);
  return {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

interface PluginCertificate {
  readonly cert?: string;
  readonly key?: string;
}

function read(output: string): ExecCredential {
  try {
    const credential: ExecCredential = JSON.parse(output);
    return credential;
  } catch (cause) {
    throw new Error(`the exec plugin printed what is no JSON: ${messageOf(cause)}`, { cause });
  }
}

/** What it prints. Its standard error goes to the terminal where it may ask there, else into the message of a failure. */
function run(call: Call): Promise<string> {
  const { plugin, environment } = call;
  const interactive = isInteractive(call);
  const env = { ...environment, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(infoOf(call, interactive)) };
  const child = spawn(plugin.command, plugin.args, {
    env,
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    let complaint = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (interactive) process.stderr.write(text);
      complaint = (complaint + text).slice(-mostComplaint);
    });
    child.on('error', (cause) => reject(notStarted(plugin, cause)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const ending = `${plugin.command} ended with ${code ?? signal}`;
      reject(new Error(complaint.trim() === '' ? ending : complaint.trim()));
    });
  });
}

function isInteractive({ plugin, prompts }: Call): boolean {
  const possible = prompts === 'allowed' && process.stdin.isTTY;
  if (plugin.interactiveMode === 'Always' && !possible)
    throw new Error(`the exec plugin ${plugin.command} asks on the terminal, and here is none`);
  return possible && plugin.interactiveMode !== 'Never';
}

const infoOf = ({ plugin, cluster }: Call, interactive: boolean) => ({
  apiVersion: plugin.apiVersion,
  kind: 'ExecCredential',
  spec: { interactive, ...(plugin.clusterInfo === 'provided' && { cluster: clusterInfoOf(cluster) }) },
});

function clusterInfoOf({ server, serverName, ca, verification, proxyUrl, pluginConfig }: ClusterEntry): object {
  const authority = ca && Buffer.from(textOf(ca)).toString('base64');
  return {
    server,
    ...(serverName !== undefined && { 'tls-server-name': serverName }),
    ...(verification === 'off' && { 'insecure-skip-tls-verify': true }),
    ...(authority !== undefined && { 'certificate-authority-data': authority }),
    ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
    config: pluginConfig ?? null,
  };
}

function notStarted({ command, installHint }: ExecPlugin, cause: Error): Error {
  const missing = 'code' in cause && cause.code === 'ENOENT';
  if (!missing) return new Error(`${command} could not be started: ${cause.message}`, { cause });
  return new CodedError(
    'CREDENTIALS_UNAVAILABLE',
    `the exec plugin ${command} of the kubeconfig is not installed`,
    installHint?.trim() ?? 'install it, or put it on the PATH',
    exitCodes.forbidden,
    { cause },
  );
}
