import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type * as Library from '@kubernetes/client-node';
import { parseDocument } from 'yaml';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import { minute } from '../../support/time.js';
import type { Identity, IdentitySource, Tls } from './credentials.js';

export interface KubeconfigOptions {
  /** A file; default: those of the variable KUBECONFIG, else ~/.kube/config, else the service account of this pod. */
  readonly kubeconfig?: string;
  /** Default: the current context of the file. */
  readonly context?: string;
  /** Default: this process' own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Put before the path of the service account's files; for tests. */
  readonly root?: string;
}

/** Where a kubeconfig points and as whom. */
export interface Target {
  readonly server: string;
  /** The context's namespace; `default` where it names none. */
  readonly namespace: string;
  readonly context: string;
  readonly user: string;
  readonly identities: IdentitySource;
}

type KubeConfig = Library.KubeConfig;

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Reads where to go. Throws CodedError: KUBECONFIG_NOT_FOUND, KUBECONFIG_MALFORMED, CONTEXT_NOT_FOUND, KUBECONFIG_UNSUPPORTED. */
export async function readTarget(options: KubeconfigOptions): Promise<Target> {
  // loaded only here: its import takes more than half a second, which commands without a cluster shall not pay
  const library = await import('@kubernetes/client-node');
  let config = load(library, options);
  const { context, cluster, user } = chosen(config, options.context);
  if (cluster.proxyUrl)
    throw new CodedError(
      'KUBECONFIG_UNSUPPORTED',
      `cluster "${cluster.name}" of the kubeconfig is reached through proxy-url, which penstock does not support`,
      'use a server address that can be reached directly, or a tunnel such as ssh -L',
      exitCodes.usage,
    );
  // what a plugin gives is kept until the server refuses it; files are read again, as rotated tokens need it
  const fromFiles = user?.authProvider?.config?.tokenFile || user?.certFile || user?.keyFile || cluster.caFile;
  const fromPlugin = user?.exec || (user?.authProvider && !user.authProvider.config?.tokenFile);
  return {
    server: cluster.server,
    namespace: context.namespace || 'default',
    context: context.name,
    user: user?.name ?? 'anonymous',
    identities: {
      ...(fromFiles && !fromPlugin ? { rereadAfter: minute } : {}),
      load: async (need) => {
        // the library remembers tokens of files for a minute of its own: a new configuration remembers nothing
        if (need === 'fresh' || !fromPlugin) {
          config = load(library, options);
          chosen(config, context.name);
        }
        return identityOf(config, cluster.server, user?.name ?? 'anonymous');
      },
    },
  };
}

function load(
  library: typeof Library,
  { kubeconfig, environment = process.env, root = '' }: KubeconfigOptions,
): KubeConfig {
  const listed = (environment.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const home = join(environment.HOME || homedir(), '.kube', 'config');
  if (kubeconfig !== undefined) return read(library, [kubeconfig]);
  if (listed.length > 0) return read(library, listed);
  if (existsSync(home)) return read(library, [home]);
  if (existsSync(root + serviceAccountToken)) {
    const config = new library.KubeConfig();
    config.loadFromCluster(root);
    return config;
  }
  throw new CodedError(
    'KUBECONFIG_NOT_FOUND',
    `no cluster to talk to: KUBECONFIG is not set, ${home} does not exist, and this is not a pod of a cluster`,
    'name a kubeconfig with --kubeconfig FILE, or try `penstock demo`, which needs no cluster',
    exitCodes.notFound,
  );
}

/** Several files make one configuration, in which the first to name a thing wins, as with kubectl. */
function read(library: typeof Library, files: readonly string[]): KubeConfig {
  const merged = new library.KubeConfig();
  for (const file of files) {
    const config = new library.KubeConfig();
    const text = textOf(file);
    checkYaml(file, text);
    try {
      config.loadFromString(text);
    } catch (cause) {
      throw malformed(file, messageOf(cause), cause);
    }
    const folder = dirname(resolve(file));
    config.makePathsAbsolute(folder);
    useTokenFiles(config, text, folder);
    for (const cluster of config.clusters) if (!merged.getCluster(cluster.name)) merged.addCluster(cluster);
    for (const user of config.users) if (!merged.getUser(user.name)) merged.addUser(user);
    for (const context of config.contexts) if (!merged.getContextObject(context.name)) merged.addContext(context);
    if (!merged.currentContext && config.currentContext) merged.setCurrentContext(config.currentContext);
  }
  for (const user of merged.users) tellPlugin(user);
  return merged;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new CodedError(
      missing ? 'KUBECONFIG_NOT_FOUND' : 'KUBECONFIG_UNREADABLE',
      missing ? `there is no kubeconfig ${file}` : `the kubeconfig ${file} cannot be read: ${messageOf(cause)}`,
      'check --kubeconfig and the variable KUBECONFIG',
      exitCodes.notFound,
      { cause },
    );
  }
}

const malformed = (file: string, why: string, cause?: unknown) =>
  new CodedError(
    'KUBECONFIG_MALFORMED',
    `${file} is not a kubeconfig: ${why}`,
    'compare it with the output of `kubectl config view`',
    exitCodes.invalid,
    { cause },
  );

function checkYaml(file: string, text: string): void {
  const document = parseDocument(text);
  const [problem] = document.errors;
  // the first line of the message ends with the line and column
  if (problem) throw malformed(file, problem.message.split('\n', 1)[0]?.replace(/:$/, '') ?? problem.code, problem);
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || !('clusters' in value) || !Array.isArray(value.clusters))
    throw malformed(file, 'it has no list `clusters`');
}

/** `tokenFile` of a user, which the library does not know: as its own provider of tokens from files. */
function useTokenFiles(config: KubeConfig, text: string, folder: string): void {
  const { users } = parseDocument(text).toJS() as { users?: { name?: string; user?: { tokenFile?: string } }[] };
  for (const { name, user } of users ?? []) {
    const index = config.users.findIndex((other) => other.name === name);
    const known = config.users[index];
    if (!known || !user?.tokenFile) continue;
    // the file goes before a literal token, as client-go has it
    const { token: _, ...rest } = known;
    const tokenFile = resolve(folder, user.tokenFile);
    config.users[index] = { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  }
}

/** The variable that the contract of exec plugins promises them, and that the library does not set. */
function tellPlugin(user: KubeConfig['users'][number]): void {
  const exec: { apiVersion?: string; env?: { name: string; value: string }[] } | undefined = user.exec ?? undefined;
  if (!exec) return;
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
}

function chosen(config: KubeConfig, context: string | undefined) {
  const known = config.contexts.map(({ name }) => name);
  const name = context ?? config.currentContext;
  const found = name ? config.getContextObject(name) : null;
  if (!found)
    throw new CodedError(
      'CONTEXT_NOT_FOUND',
      name ? `the kubeconfig has no context "${name}"` : 'the kubeconfig has no current context',
      known.length > 0 ? `choose one with --context: ${known.join(', ')}` : 'it has no contexts at all',
      exitCodes.notFound,
    );
  config.setCurrentContext(found.name);
  const cluster = config.getCurrentCluster();
  if (!cluster?.server)
    throw malformed(
      'the kubeconfig',
      `context "${found.name}" names the cluster "${found.cluster}", which has no server`,
    );
  if (!URL.canParse(cluster.server) || !/^https?:/.test(cluster.server))
    throw malformed('the kubeconfig', `the server of cluster "${cluster.name}" is no URL: ${cluster.server}`);
  const user = config.getCurrentUser();
  if (found.user && !user)
    throw malformed('the kubeconfig', `context "${found.name}" names the user "${found.user}", who is not in it`);
  return { context: found, cluster, user };
}

async function identityOf(config: KubeConfig, server: string, user: string): Promise<Identity> {
  const options: RequestOptions = {};
  try {
    // it insists on TLS verification being off for plain http, where there is no TLS at all
    const cluster = config.getCurrentCluster();
    if (cluster && server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true });
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new CodedError(
      'CREDENTIALS_UNAVAILABLE',
      `the credentials of user "${user}" could not be had: ${messageOf(cause).trim()}`,
      'check the files and the exec plugin that the kubeconfig names for this user',
      exitCodes.forbidden,
      { cause },
    );
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value).trim();
  if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const { rejectUnauthorized, servername } = options;
  const tls: Tls = {
    ...pem('ca', options.ca),
    ...pem('cert', options.cert),
    ...pem('key', options.key),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
  return { headers, tls };
}

const pem = (name: 'ca' | 'cert' | 'key', value: unknown): Tls =>
  typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value.toString() } : {};
