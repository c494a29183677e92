/** Which kubeconfig is read, and what several files, or a pod's service account, come to. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { CodedError, exitCodes, messageOf } from '../../../support/errors.js';
import { type Kubeconfig, parseKubeconfig } from './format.js';

export interface KubeconfigOptions {
  /** A file; default: those of the variable KUBECONFIG, else ~/.kube/config, else the service account of this pod. */
  readonly kubeconfig?: string;
  /** Default: the current context of the file. */
  readonly context?: string;
  /** Default: this process' own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Put before the path of the service account's files; for tests. */
  readonly root?: string;
  /** Whether exec plugins may ask on this process' terminal. Default: never. */
  readonly prompts?: 'allowed' | 'never';
}

/** Throws CodedError KUBECONFIG_NOT_FOUND, KUBECONFIG_UNREADABLE, KUBECONFIG_MALFORMED. */
export function loadKubeconfig({ kubeconfig, environment = process.env, root = '' }: KubeconfigOptions): Kubeconfig {
  if (kubeconfig !== undefined) return merged([kubeconfig]);
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  // as with kubectl, those of a list that do not exist are passed over
  if (listed.length > 0) return merged(listed.some(existsSync) ? listed.filter(existsSync) : listed);
  const home = join(environment['HOME'] || homedir(), '.kube', 'config');
  if (existsSync(home)) return merged([home]);
  const pod = ofServiceAccount(environment, root);
  if (pod) return pod;
  throw new CodedError(
    'KUBECONFIG_NOT_FOUND',
    `no cluster to talk to: KUBECONFIG is not set, ${home} does not exist, and this is not a pod of a cluster`,
    'name a kubeconfig with --kubeconfig FILE, or try `penstock demo`, which needs no cluster',
    exitCodes.notFound,
  );
}

/** Of several files the first to name a thing wins. */
function merged(files: readonly string[]): Kubeconfig {
  const configs = files.map((file) => parseKubeconfig(file, textOf(file), dirname(resolve(file))));
  return {
    currentContext: configs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    clusters: firstOfEach(configs.flatMap(({ clusters }) => clusters)),
    users: firstOfEach(configs.flatMap(({ users }) => users)),
    contexts: firstOfEach(configs.flatMap(({ contexts }) => contexts)),
  };
}

function firstOfEach<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
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

/** The files and variables that every pod has: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
function ofServiceAccount(
  environment: NonNullable<KubeconfigOptions['environment']>,
  root: string,
): Kubeconfig | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  const folder = `${root}/var/run/secrets/kubernetes.io/serviceaccount`;
  const [tokenFile, ca, namespace] = ['token', 'ca.crt', 'namespace'].map((name) => `${folder}/${name}`);
  if (!host || !port || !tokenFile || !existsSync(tokenFile)) return undefined;
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    currentContext: 'pod',
    clusters: [{ name: 'pod', server, verification: 'on', ca: ca && existsSync(ca) ? { file: ca } : undefined }],
    users: [{ name: 'service account', tokenFile }],
    contexts: [
      {
        name: 'pod',
        cluster: 'pod',
        user: 'service account',
        namespace: namespace && existsSync(namespace) ? readFileSync(namespace, 'utf8').trim() : undefined,
      },
    ],
  };
}
