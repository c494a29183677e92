/// <reference lib="esnext.disposable" preserve="true" />
/**
 * What `import … from 'penstock'` gives: for programs that take containers from pools, use them and give them back.
 * docs/reference/client.md tells it with examples; `penstock/testing` has a cluster for such programs' tests.
 */
import type { ConnectOptions as Options } from '../cluster/kubernetes/connect.js';
import { silentLogger } from '../support/log.js';
import { WallClock } from '../support/wall-clock.js';
import { penstockError } from './errors.js';
import { Penstock as Client } from './penstock.js';

export type { ClaimProgress } from './claim-progress.js';
export type { CallOptions, Claim, ClaimOutcome, WaitOptions } from './claim.js';
export type { Container, ContainerPort } from './container.js';
export { type ErrorCode, PenstockError } from './errors.js';
export type { PoolCounts } from './penstock.js';
export type { ClaimRequest, FileContent, ItemRequest } from './request.js';

export type ConnectOptions = Pick<Options, 'kubeconfig' | 'context' | 'namespace'>;

/** A cluster with Penstock, seen from one of its namespaces. */
export type Penstock = Client;

export const Penstock = {
  /**
   * Finds the cluster by a kubeconfig (the file given; else those of KUBECONFIG; else `~/.kube/config`) or, in a pod, by its
   * service account. Nothing is sent yet: an unreachable server shows with the first call.
   * Throws PenstockError KUBECONFIG_NOT_FOUND, KUBECONFIG_UNREADABLE, KUBECONFIG_MALFORMED, KUBECONFIG_UNSUPPORTED,
   * CONTEXT_NOT_FOUND.
   */
  async connect(options: ConnectOptions = {}): Promise<Penstock> {
    const clock = new WallClock();
    try {
      // with it come the sockets and their encryption: who only tests with a cluster in its process has no use for them
      const { connect } = await import('../cluster/kubernetes/connect.js');
      const connection = await connect(options, { clock, logger: silentLogger });
      const { cluster, namespace } = connection;
      return new Client({ cluster, clock, namespace, where: connection, close: () => connection.close() });
    } catch (error) {
      throw penstockError(error, { server: 'the cluster' });
    }
  },
};
