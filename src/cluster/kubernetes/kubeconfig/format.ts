/** The format of a kubeconfig, `v1` of `Config`: the fields that say where to go and as whom. */
import { isAbsolute, join } from 'node:path';
import { parseDocument } from 'yaml';
import { CodedError, exitCodes } from '../../../support/errors.js';
import { Mapping } from './mapping.js';

export interface Kubeconfig {
  readonly currentContext?: string | undefined;
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly ContextEntry[];
}

/** PEM, as it stands in the kubeconfig or in a file. */
export type Material = { readonly text: string } | { readonly file: string };

export interface ClusterEntry {
  readonly name: string;
  readonly server?: string | undefined;
  readonly serverName?: string | undefined;
  readonly ca?: Material | undefined;
  /** Whether the server's certificate may be anybody's. */
  readonly verification: 'on' | 'off';
  readonly proxyUrl?: string | undefined;
  /** What exec plugins are told about this cluster: the extension `client.authentication.k8s.io/exec`. */
  readonly pluginConfig?: unknown;
}

export interface UserEntry {
  readonly name: string;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly certificate?: Material | undefined;
  readonly key?: Material | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly impersonation?: Impersonation | undefined;
  readonly authProvider?: AuthProvider | undefined;
  readonly plugin?: ExecPlugin | undefined;
}

export interface ContextEntry {
  readonly name: string;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
}

interface Impersonation {
  readonly user: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface AuthProvider {
  readonly name: string;
  readonly idToken?: string | undefined;
}

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint?: string | undefined;
  /** Whether it is told about the cluster. */
  readonly clusterInfo: 'provided' | 'withheld';
  readonly interactiveMode: string;
}

/** Reads a kubeconfig; relative paths in it start from `folder`. Throws CodedError KUBECONFIG_MALFORMED. */
export function parseKubeconfig(file: string, text: string, folder: string): Kubeconfig {
  const document = parseDocument(text);
  const [problem] = document.errors;
  // the first line of the message ends with the line and column
  if (problem) throw malformed(file, problem.message.split('\n', 1)[0]?.replace(/:$/, '') ?? problem.code, problem);
  const config = new Mapping(document.toJS(), '', (why) => malformed(file, why));
  if (!Array.isArray(config.value('clusters'))) throw malformed(file, 'it has no list `clusters`');
  return {
    currentContext: config.text('current-context'),
    clusters: config.mappings('clusters').map((entry) => clusterOf(entry, folder)),
    users: config.mappings('users').map((entry) => userOf(entry, folder)),
    contexts: config.mappings('contexts').map(contextOf),
  };
}

export const malformed = (file: string, why: string, cause?: unknown) =>
  new CodedError(
    'KUBECONFIG_MALFORMED',
    `${file} is not a kubeconfig: ${why}`,
    'compare it with the output of `kubectl config view`',
    exitCodes.invalid,
    { cause },
  );

function clusterOf(entry: Mapping, folder: string): ClusterEntry {
  const name = entry.text('name') ?? '';
  const cluster = entry.mapping('cluster');
  const extension = cluster
    ?.mappings('extensions')
    .find((one) => one.text('name') === 'client.authentication.k8s.io/exec');
  return {
    name,
    server: cluster?.text('server'),
    serverName: cluster?.text('tls-server-name'),
    ca: cluster && materialOf(cluster, 'certificate-authority', folder),
    verification: cluster?.isSet('insecure-skip-tls-verify') === true ? 'off' : 'on',
    proxyUrl: cluster?.text('proxy-url'),
    pluginConfig: extension?.value('extension'),
  };
}

function userOf(entry: Mapping, folder: string): UserEntry {
  const name = entry.text('name') ?? '';
  const user = entry.mapping('user');
  if (!user) return { name };
  const tokenFile = user.text('tokenFile');
  return {
    name,
    token: user.text('token'),
    tokenFile: tokenFile && absolute(tokenFile, folder),
    certificate: materialOf(user, 'client-certificate', folder),
    key: materialOf(user, 'client-key', folder),
    username: user.text('username'),
    password: user.text('password'),
    impersonation: impersonationOf(user),
    authProvider: authProviderOf(user.mapping('auth-provider')),
    plugin: pluginOf(user.mapping('exec'), folder),
  };
}

const contextOf = (entry: Mapping): ContextEntry => {
  const context = entry.mapping('context');
  return {
    name: entry.text('name') ?? '',
    cluster: context?.text('cluster'),
    user: context?.text('user'),
    namespace: context?.text('namespace'),
  };
};

/** Data go before a file. */
function materialOf(mapping: Mapping, field: string, folder: string): Material | undefined {
  const text = mapping.data(`${field}-data`);
  if (text !== undefined) return { text };
  const file = mapping.text(field);
  return file === undefined ? undefined : { file: absolute(file, folder) };
}

function impersonationOf(user: Mapping): Impersonation | undefined {
  const name = user.text('as');
  if (name === undefined) return undefined;
  const extra = user.mapping('as-user-extra');
  return {
    user: name,
    uid: user.text('as-uid'),
    groups: user.texts('as-groups'),
    extra: Object.fromEntries(extra?.fieldNames.map((key) => [key, extra.texts(key)]) ?? []),
  };
}

const authProviderOf = (provider: Mapping | undefined): AuthProvider | undefined =>
  provider && { name: provider.text('name') ?? '', idToken: provider.mapping('config')?.text('id-token') };

function pluginOf(exec: Mapping | undefined, folder: string): ExecPlugin | undefined {
  const command = exec?.text('command');
  if (!exec || command === undefined) return undefined;
  const env = exec.mappings('env').map((one) => [one.text('name') ?? '', one.text('value') ?? '']);
  return {
    apiVersion: exec.text('apiVersion') ?? '',
    // a mere name is looked for on the PATH
    command: /[/\\]/.test(command) ? absolute(command, folder) : command,
    args: exec.texts('args'),
    env: Object.fromEntries(env),
    installHint: exec.text('installHint'),
    clusterInfo: exec.isSet('provideClusterInfo') ? 'provided' : 'withheld',
    interactiveMode: exec.text('interactiveMode') ?? 'IfAvailable',
  };
}

const absolute = (path: string, folder: string): string => (isAbsolute(path) ? path : join(folder, path));
