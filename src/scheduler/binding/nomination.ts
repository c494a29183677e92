import type { Pod } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import { type Duration, second } from '../../support/time.js';
import { nominate, withdrawNomination } from '../status.js';

/** A binding that takes longer is announced in the pod's status. Most are done long before, and cost no second write. */
export const slowBinding: Duration = second;

export interface NominationOptions {
  readonly cluster: Cluster;
  /** The pod as the informers show it; `undefined`: it waits no more. */
  readonly waiting: () => Pod | undefined;
  readonly node: string;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

/**
 * `status.nominatedNodeName` of a pod while its binding takes long, so that others count its place as taken: other schedulers, and
 * autoscalers. kube-scheduler writes it where Permit or PreBind take long (NominatedNodeNameForExpectation); the server clears it
 * with the binding.
 */
export class Nomination {
  readonly #options: NominationOptions;
  #written: Promise<void> | undefined;

  constructor(options: NominationOptions) {
    this.#options = options;
  }

  /** Writes it, once. */
  announce(): void {
    const { cluster, waiting, node, signal, failed } = this.#options;
    const pod = waiting();
    if (this.#written || !pod || pod.status?.nominatedNodeName === node) return;
    this.#written = nominate(cluster, pod, node, signal).catch(failed);
  }

  /** The pod was not bound there: whatever it is nominated for counts no more. */
  async withdraw(): Promise<void> {
    const { cluster, waiting, signal, failed } = this.#options;
    await this.#written;
    const pod = waiting();
    if (!pod || (!this.#written && !pod.status?.nominatedNodeName)) return;
    await withdrawNomination(cluster, pod, signal).catch(failed);
  }
}
