/** The kinds of Kubernetes that an installation consists of: roles, policies, budgets, priorities. */
import type {
  MatchResources,
  NamedRuleWithOperations,
  ValidatingAdmissionPolicyBinding as WireValidatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy as WireValidatingAdmissionPolicy,
  ValidatingAdmissionPolicySpec as WireValidatingAdmissionPolicySpec,
} from 'kubernetes-types/admissionregistration/v1.js';
import type { SelfSubjectReview as WireSelfSubjectReview } from 'kubernetes-types/authentication/v1.js';
import type {
  SelfSubjectAccessReview as WireSelfSubjectAccessReview,
  SubjectAccessReview as WireSubjectAccessReview,
} from 'kubernetes-types/authorization/v1.js';
import type { Service as WireService } from 'kubernetes-types/core/v1.js';
import type {
  FlowSchema as WireFlowSchema,
  PriorityLevelConfiguration as WirePriorityLevelConfiguration,
} from 'kubernetes-types/flowcontrol/v1.js';
import type { PodDisruptionBudget as WirePodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type * as rbac from 'kubernetes-types/rbac/v1.js';
import type { PriorityClass as WirePriorityClass } from 'kubernetes-types/scheduling/v1.js';
import { kind } from './meta/kind.js';
import type { Condition } from './meta/metadata.js';
import type { Resource, ResourceOf } from './meta/resource.js';

export type ClusterRole = ResourceOf<rbac.ClusterRole>;
export type ClusterRoleBinding = ResourceOf<rbac.ClusterRoleBinding>;
export type Role = ResourceOf<rbac.Role>;
export type RoleBinding = ResourceOf<rbac.RoleBinding>;
/** The published types of rules leave out which resources they are about. */
type PolicyRule = NamedRuleWithOperations & { resources: string[] };
export type ValidatingAdmissionPolicySpec = Omit<WireValidatingAdmissionPolicySpec, 'matchConstraints'> & {
  matchConstraints: Omit<MatchResources, 'resourceRules'> & { resourceRules: PolicyRule[] };
};
export type ValidatingAdmissionPolicy = ResourceOf<
  Omit<WireValidatingAdmissionPolicy, 'spec'> & { spec: ValidatingAdmissionPolicySpec }
>;
export type ValidatingAdmissionPolicyBinding = ResourceOf<WireValidatingAdmissionPolicyBinding>;
/** Newer than the published types. */
export type MutatingAdmissionPolicy = Resource & { readonly spec?: object };
export type MutatingAdmissionPolicyBinding = Resource & {
  readonly spec?: { readonly policyName?: string; readonly matchResources?: MatchResources };
};
export type FlowSchema = ResourceOf<WireFlowSchema>;
export type PriorityLevelConfiguration = ResourceOf<WirePriorityLevelConfiguration>;
type BudgetAsPublished = ResourceOf<WirePodDisruptionBudget>;
export type PodDisruptionBudgetStatus = Omit<NonNullable<BudgetAsPublished['status']>, 'conditions'> & {
  readonly conditions?: readonly Condition[];
};
export type PodDisruptionBudget = Omit<BudgetAsPublished, 'status'> & { readonly status?: PodDisruptionBudgetStatus };
export type PriorityClass = ResourceOf<WirePriorityClass>;
export type Service = ResourceOf<WireService>;
export type SelfSubjectReview = ResourceOf<WireSelfSubjectReview>;
export type SubjectAccessReview = ResourceOf<WireSubjectAccessReview>;
export type SelfSubjectAccessReview = ResourceOf<WireSelfSubjectAccessReview>;

const clusterWide = <T extends Resource>(group: string, name: string, plural: string) =>
  kind<T>({ group, version: 'v1', plural, name, namespaced: false });
const inNamespaces = <T extends Resource>(group: string, name: string, plural: string) =>
  kind<T>({ group, version: 'v1', plural, name, namespaced: true });

const rbacGroup = 'rbac.authorization.k8s.io';
const admissionGroup = 'admissionregistration.k8s.io';
const flowGroup = 'flowcontrol.apiserver.k8s.io';

export const ClusterRole = clusterWide<ClusterRole>(rbacGroup, 'ClusterRole', 'clusterroles');
export const ClusterRoleBinding = clusterWide<ClusterRoleBinding>(
  rbacGroup,
  'ClusterRoleBinding',
  'clusterrolebindings',
);
export const Role = inNamespaces<Role>(rbacGroup, 'Role', 'roles');
export const RoleBinding = inNamespaces<RoleBinding>(rbacGroup, 'RoleBinding', 'rolebindings');
export const ValidatingAdmissionPolicy = clusterWide<ValidatingAdmissionPolicy>(
  admissionGroup,
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
);
export const ValidatingAdmissionPolicyBinding = clusterWide<ValidatingAdmissionPolicyBinding>(
  admissionGroup,
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
);
export const MutatingAdmissionPolicy = clusterWide<MutatingAdmissionPolicy>(
  admissionGroup,
  'MutatingAdmissionPolicy',
  'mutatingadmissionpolicies',
);
export const MutatingAdmissionPolicyBinding = clusterWide<MutatingAdmissionPolicyBinding>(
  admissionGroup,
  'MutatingAdmissionPolicyBinding',
  'mutatingadmissionpolicybindings',
);
export const FlowSchema = clusterWide<FlowSchema>(flowGroup, 'FlowSchema', 'flowschemas');
export const PriorityLevelConfiguration = clusterWide<PriorityLevelConfiguration>(
  flowGroup,
  'PriorityLevelConfiguration',
  'prioritylevelconfigurations',
);
export const PodDisruptionBudget = inNamespaces<PodDisruptionBudget>(
  'policy',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const PriorityClass = clusterWide<PriorityClass>('scheduling.k8s.io', 'PriorityClass', 'priorityclasses');
export const Service = inNamespaces<Service>('', 'Service', 'services');
/** Posted, never stored: the server answers who asks. */
export const SelfSubjectReview = clusterWide<SelfSubjectReview>(
  'authentication.k8s.io',
  'SelfSubjectReview',
  'selfsubjectreviews',
);
/** Posted, never stored: the server answers whether somebody may do something. */
export const SubjectAccessReview = clusterWide<SubjectAccessReview>(
  'authorization.k8s.io',
  'SubjectAccessReview',
  'subjectaccessreviews',
);
/** Posted, never stored: the server answers whether the asker may do something. */
export const SelfSubjectAccessReview = clusterWide<SelfSubjectAccessReview>(
  'authorization.k8s.io',
  'SelfSubjectAccessReview',
  'selfsubjectaccessreviews',
);
