import type { Clock } from '../../support/clock.js';
import type { Logger } from '../../support/log.js';
import type { Executor } from '../executor.js';
import { RotatingCredentials } from './credentials.js';
import type { KubeconfigOptions } from './kubeconfig.js';
import { KubernetesCluster, type KubernetesClusterOptions } from './kubernetes-cluster.js';

export interface ConnectOptions extends KubeconfigOptions {
  /** Default: the context's. */
  readonly namespace?: string;
}

/** A way to a real API server, and what a message about it should name. */
export interface Connection {
  readonly cluster: KubernetesCluster;
  readonly namespace: string;
  readonly server: string;
  readonly context: string;
  readonly user: string;
  readonly document: (path: string) => Promise<unknown>;
  readonly executor: Executor;
  close(): void;
}

/**
 * Reads the kubeconfig and prepares a client. Nothing is sent yet: an unreachable server shows with the first call.
 * Throws CodedError for what is wrong with the kubeconfig.
 */
export async function connect(
  options: ConnectOptions,
  parts: { readonly clock: Clock; readonly logger: Logger } & Pick<
    KubernetesClusterOptions,
    'limits' | 'requestTimeout' | 'watchSeconds' | 'watchGrace' | 'userAgent'
  >,
): Promise<Connection> {
  // a parser of YAML comes with it, which programs that only might connect do without
  const { readTarget } = await import('./kubeconfig.js');
  const { server, namespace, context, user, identities } = readTarget(options);
  const credentials = new RotatingCredentials(identities, parts.clock, parts.logger);
  const cluster = new KubernetesCluster({ ...parts, server, credentials });
  return {
    cluster,
    namespace: options.namespace ?? namespace,
    server,
    context,
    user,
    document: (path) => cluster.document(path),
    executor: cluster.executor,
    close: () => cluster.close(),
  };
}
