import type { Cluster } from '../../cluster/cluster.js';
import type { PodPlacement } from './objects.js';

/** Where the demo plays: a cluster with simulated nodes and Penstock's kinds. */
export interface Place {
  readonly cluster: Cluster;
  /** The same for simulated nodes and schedulers: they are other machines, and shall not wait for the operator's calls. */
  readonly outside: Cluster;
  /** What is made outside the namespace begins with it: nobody else's does. */
  readonly name: string;
  readonly namespace: string;
  readonly placement: PodPlacement;
  readonly nodes: number;
  /** What a write costs here, in a few words. */
  readonly writes: string;
  /** Takes away everything that was made here. Returns sentences about what could not be. */
  close(report: (text: string) => void): Promise<readonly string[]>;
}

export const nodesOf = (containers: number): number => Math.max(3, Math.ceil(containers / 20));
