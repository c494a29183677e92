/** Kinds of Kubernetes that live beside ours, and that no part of Penstock reads or writes. */
import type { LimitRange as WireLimitRange, ResourceQuota as WireResourceQuota } from 'kubernetes-types/core/v1.js';
import type { NetworkPolicy as WireNetworkPolicy } from 'kubernetes-types/networking/v1.js';
import { kind } from '../../src/api/meta/kind.js';
import type { Resource, ResourceOf } from '../../src/api/meta/resource.js';

export type ResourceQuota = ResourceOf<WireResourceQuota>;
export type LimitRange = ResourceOf<WireLimitRange>;
export type NetworkPolicy = ResourceOf<WireNetworkPolicy>;

const core = { group: '', version: 'v1', namespaced: true } as const;

export const ResourceQuota = kind<ResourceQuota>({ ...core, plural: 'resourcequotas', name: 'ResourceQuota' });
export const LimitRange = kind<LimitRange>({ ...core, plural: 'limitranges', name: 'LimitRange' });
export const NetworkPolicy = kind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  name: 'NetworkPolicy',
  namespaced: true,
});

/** Of both only what a test writes; in servers since 1.36 by themselves. */
export type MutatingAdmissionPolicy = Resource & { readonly spec: object };
export type MutatingAdmissionPolicyBinding = Resource & { readonly spec: { readonly policyName: string } };

const admission = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;

export const MutatingAdmissionPolicy = kind<MutatingAdmissionPolicy>({
  ...admission,
  plural: 'mutatingadmissionpolicies',
  name: 'MutatingAdmissionPolicy',
});
export const MutatingAdmissionPolicyBinding = kind<MutatingAdmissionPolicyBinding>({
  ...admission,
  plural: 'mutatingadmissionpolicybindings',
  name: 'MutatingAdmissionPolicyBinding',
});
