import type { Namespace, Node, Pod } from '../../src/api/kubernetes.js';
import type { LabelSelector } from '../../src/api/meta/label-selector.js';
import type { Metadata } from '../../src/api/meta/metadata.js';
import type {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../src/api/storage.js';

/**
 * A cluster and a pod that waits, as the API server stores them: what the oracle is asked. Pods that are on no node are nominated
 * for the one of `status.nominatedNodeName`.
 */
export interface Case {
  readonly nodes: readonly Node[];
  /** Bound pods, and ones that wait for a node they are nominated for. */
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly pvs: readonly PersistentVolume[];
  readonly pvcs: readonly PersistentVolumeClaim[];
  readonly storageClasses: readonly StorageClass[];
  readonly csiNodes: readonly CSINode[];
  readonly csiDrivers: readonly CSIDriver[];
  readonly volumeAttachments: readonly VolumeAttachment[];
  readonly services: readonly Service[];
  readonly replicaSets: readonly Workload[];
  readonly pod: Pod;
}

export interface Service {
  readonly metadata: Metadata;
  readonly spec: { readonly selector: Readonly<Record<string, string>> };
}

export interface Workload {
  readonly metadata: Metadata;
  readonly spec: { readonly selector: LabelSelector };
}

interface Scores {
  readonly total: number;
  /** What each plug-in gave. */
  readonly raw: Readonly<Record<string, number>>;
  /** What counts of it, after normalization and weight. */
  readonly weighted: Readonly<Record<string, number>>;
}

/** What a scheduler makes of a case. */
export interface Answer {
  /** Names of the nodes that can take the pod, sorted. */
  readonly feasible: readonly string[];
  /** Of each other node the plug-in that refused it, and its reasons. */
  readonly rejected: Readonly<Record<string, readonly string[]>>;
  readonly scores?: Readonly<Record<string, Scores>>;
  /** Why no node was asked. */
  readonly unschedulable?: string;
  readonly error?: string;
}
