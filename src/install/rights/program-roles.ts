import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/administration.js';
import { ServiceAccount } from '../../api/kubernetes.js';
import { kubeletDiskRights, kubeletRights, readerTokenRights } from '../../scheduler/index.js';
import { partOf } from '../names.js';
import { type Feature, type Part, part, type UseAccess } from '../part.js';
import { type Right, ruleOf } from './right.js';

/** What a program may do that works by the use of nodes. */
export interface ProgramRights {
  /** Of its service account and its roles. */
  readonly name: string;
  readonly feature: Feature;
  readonly everywhere: readonly Right[];
  /** In its own namespace only. */
  readonly here: readonly Right[];
  /** With the metrics API as its source of use, and the name of the role that holds them. */
  readonly metrics: { readonly role: string; readonly rights: readonly Right[] };
  /** The account as which it asks kubelets: that is never its own. */
  readonly reader: string;
  /** Of the role by which that account reads what disks do. */
  readonly diskRole: string;
}

/** Its account and roles, and those of the account as which it asks kubelets. */
export function programRoles(program: ProgramRights, namespace: string): readonly Part[] {
  const { feature, reader } = program;
  const everywhere = (name: string, account: string, rights: readonly Right[], access?: UseAccess) => [
    part(ClusterRole, { metadata: { name, labels: partOf }, rules: rights.map(ruleOf) }, feature, access),
    part(
      ClusterRoleBinding,
      {
        metadata: { name, labels: partOf },
        roleRef: { apiGroup, kind: 'ClusterRole', name },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
      },
      feature,
      access,
    ),
  ];
  const here = (name: string, rights: readonly Right[], access?: UseAccess) => {
    const metadata = { name, labels: partOf, namespace };
    const subjects = [{ kind: 'ServiceAccount', name: program.name, namespace }];
    return [
      part(Role, { metadata, rules: rights.map(ruleOf) }, feature, access),
      part(RoleBinding, { metadata, roleRef: { apiGroup, kind: 'Role', name }, subjects }, feature, access),
    ];
  };
  const account = (name: string, access?: UseAccess) =>
    part(ServiceAccount, { metadata: { name, labels: partOf, namespace } }, feature, access);
  return [
    account(program.name),
    ...everywhere(program.name, program.name, program.everywhere),
    ...here(program.name, program.here),
    ...everywhere(program.metrics.role, program.name, program.metrics.rights, 'metrics-api'),
    account(reader, 'kubelet'),
    ...everywhere(reader, reader, kubeletRights, 'kubelet'),
    ...here(reader, readerTokenRights(reader), 'kubelet'),
    ...everywhere(program.diskRole, reader, kubeletDiskRights, 'kubelet-disk'),
  ];
}

const apiGroup = 'rbac.authorization.k8s.io';
