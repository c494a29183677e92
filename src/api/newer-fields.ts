/** Fields of Kubernetes that are newer than `kubernetes-types`. */
import type {} from 'kubernetes-types/core/v1.js';
import type {} from 'kubernetes-types/storage/v1.js';

declare module 'kubernetes-types/core/v1.js' {
  interface PodSpec {
    /** What all containers together ask for and may use (beta since 1.34). */
    resources?: ResourceRequirements;
    /** The PodGroup that it belongs to (beta since 1.37). */
    schedulingGroup?: { podGroupName?: string };
  }
  interface Container {
    /** What follows from how the container ended (1.34). */
    restartPolicyRules?: { action: string; exitCodes?: { operator: string; values?: number[] } }[];
  }
  interface VolumeMount {
    bindMountOptions?: string[];
  }
  interface Volume {
    /** An image as a volume (1.31). */
    image?: { reference?: string };
  }
  interface NodeStatus {
    /** Names of features that the kubelet has (1.35). */
    declaredFeatures?: string[];
  }
  interface PodStatus {
    resources?: ResourceRequirements;
    allocatedResources?: Record<string, string>;
  }
}

declare module 'kubernetes-types/storage/v1.js' {
  interface CSIDriverSpec {
    /** Whether pods with its volumes go only to nodes that have it (1.35). */
    preventPodSchedulingIfMissing?: boolean;
  }
}
