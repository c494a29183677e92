/** Fields of Kubernetes that are newer than `kubernetes-types`. */
import type {} from 'kubernetes-types/core/v1.js';

declare module 'kubernetes-types/core/v1.js' {
  interface PodSpec {
    /** What all containers together ask for and may use (beta since 1.34). */
    resources?: ResourceRequirements;
  }
  interface PodStatus {
    resources?: ResourceRequirements;
    allocatedResources?: Record<string, string>;
  }
}
