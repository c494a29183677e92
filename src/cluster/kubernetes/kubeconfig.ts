import { CodedError, exitCodes } from '../../support/errors.js';
import { minute } from '../../support/time.js';
import type { IdentitySource } from './credentials.js';
import { requireKnownProvider } from './kubeconfig/auth-provider.js';
import {
  type ClusterEntry,
  type ContextEntry,
  type Kubeconfig,
  malformed,
  type UserEntry,
} from './kubeconfig/format.js';
import { identityOf, usesPlugin } from './kubeconfig/identity.js';
import { type KubeconfigOptions, loadKubeconfig } from './kubeconfig/load.js';

export type { KubeconfigOptions } from './kubeconfig/load.js';

/** Where a kubeconfig points and as whom. */
export interface Target {
  readonly server: string;
  /** The context's namespace; `default` where it names none. */
  readonly namespace: string;
  readonly context: string;
  readonly user: string;
  readonly identities: IdentitySource;
}

const anonymous: UserEntry = { name: 'anonymous' };

/** Reads where to go. Throws CodedError: KUBECONFIG_NOT_FOUND, KUBECONFIG_UNREADABLE, KUBECONFIG_MALFORMED, CONTEXT_NOT_FOUND, KUBECONFIG_UNSUPPORTED. */
export function readTarget(options: KubeconfigOptions): Target {
  const { context, cluster, server, user = anonymous } = chosen(loadKubeconfig(options), options.context);
  return {
    server,
    namespace: context.namespace ?? 'default',
    context: context.name,
    user: user.name,
    identities: {
      // what a plugin gives says itself when it ends; files are read again, as rotated tokens need it
      ...(readsFiles(cluster, user) && !usesPlugin(user) && { rereadAfter: minute }),
      load: async (now) => {
        // somebody may have rewritten the kubeconfig since
        const anew = chosen(loadKubeconfig(options), context.name);
        return identityOf(anew.cluster, anew.user ?? anonymous, options, now);
      },
    },
  };
}

const readsFiles = ({ ca }: ClusterEntry, { tokenFile, certificate, key, authProvider }: UserEntry): boolean =>
  tokenFile !== undefined || authProvider !== undefined || [ca, certificate, key].some((one) => one && 'file' in one);

interface Choice {
  readonly context: ContextEntry;
  readonly cluster: ClusterEntry;
  readonly server: string;
  /** Absent where the context names none. */
  readonly user?: UserEntry | undefined;
}

function chosen({ contexts, clusters, users, currentContext }: Kubeconfig, wanted: string | undefined): Choice {
  const name = wanted ?? currentContext;
  const context = contexts.find((one) => one.name === name);
  if (!context) throw noContext(name, contexts);
  const cluster = clusters.find((one) => one.name === context.cluster);
  if (cluster?.server === undefined)
    throw malformed(
      'the kubeconfig',
      `context "${context.name}" names the cluster "${context.cluster}", which has no server`,
    );
  const { server } = cluster;
  if (!URL.canParse(server) || !/^https?:/.test(server))
    throw malformed('the kubeconfig', `the server of cluster "${cluster.name}" is no URL: ${server}`);
  requireNoProxy(cluster);
  const user = users.find((one) => one.name === context.user);
  if (context.user !== undefined && !user)
    throw malformed('the kubeconfig', `context "${context.name}" names the user "${context.user}", who is not in it`);
  if (user?.authProvider) requireKnownProvider(user.name, user.authProvider);
  return { context, cluster, server, user };
}

function noContext(name: string | undefined, contexts: readonly ContextEntry[]): CodedError {
  const known = contexts.map((one) => one.name);
  return new CodedError(
    'CONTEXT_NOT_FOUND',
    name ? `the kubeconfig has no context "${name}"` : 'the kubeconfig has no current context',
    known.length > 0 ? `choose one with --context: ${known.join(', ')}` : 'it has no contexts at all',
    exitCodes.notFound,
  );
}

function requireNoProxy({ name, proxyUrl }: ClusterEntry): void {
  if (proxyUrl === undefined) return;
  throw new CodedError(
    'KUBECONFIG_UNSUPPORTED',
    `cluster "${name}" of the kubeconfig is reached through proxy-url, which penstock does not support`,
    'use a server address that can be reached directly, or a tunnel such as ssh -L',
    exitCodes.usage,
  );
}
