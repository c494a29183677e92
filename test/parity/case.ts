import type { PodDisruptionBudget } from '../../src/api/administration.js';
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
  readonly pdbs: readonly PodDisruptionBudget[];
  readonly pod: Pod;
  /** Whether a pod that fits nowhere may have others make room for it. */
  readonly preempt: boolean;
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

/** Where a pod would fit if the victims were gone; without a name: nowhere. */
export interface Preemption {
  readonly node: string;
  /** Keys, sorted. Pods that terminate already are no victims. */
  readonly victims: readonly string[];
}

/** What a scheduler makes of a case. */
export interface Answer {
  /** Names of the nodes that can take the pod, sorted. */
  readonly feasible: readonly string[];
  /** Of each other node the plug-in that refused it, and its reasons. */
  readonly rejected: Readonly<Record<string, readonly string[]>>;
  readonly scores?: Readonly<Record<string, Scores>>;
  /** Of a pod that fits nowhere: what the oracle chose. */
  readonly preemption?: Preemption;
  /** The same from us: all that are equally good, of which the oracle takes any. */
  readonly choices?: readonly Preemption[];
  /** Why no node was asked. */
  readonly unschedulable?: string;
  readonly error?: string;
}
