import type { Condition, Metadata } from './meta/metadata.js';
import { kind } from './meta/kind.js';

/** Pods that are scheduled by one policy: of Kubernetes itself, beta and off by default in 1.37 (GenericWorkload). */
export interface PodGroup {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: {
    readonly schedulingPolicy: {
      /** Each pod by itself. */
      readonly basic?: object;
      /** At least so many of them, or none. */
      readonly gang?: { readonly minCount: number };
    };
    /** Whether its pods can go one by one, or only all together; absent: one by one. */
    readonly disruptionMode?: { readonly single?: object; readonly all?: object };
    /** For pre-emption; absent: that of its pods. */
    readonly priority?: number;
    /** Alpha: all pods in one domain of a topology. */
    readonly schedulingConstraints?: { readonly topology?: readonly { readonly key: string }[] };
    /** Alpha: the group is a part of another one. */
    readonly parentCompositePodGroupName?: string;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export const PodGroup = kind<PodGroup>({
  group: 'scheduling.k8s.io',
  version: 'v1beta1',
  plural: 'podgroups',
  name: 'PodGroup',
  namespaced: true,
});

/** Whether its policy has been fulfilled once: then it stays true. */
export const podGroupInitiallyScheduled = 'PodGroupInitiallyScheduled';
