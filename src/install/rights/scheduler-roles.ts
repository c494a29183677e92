import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/administration.js';
import { ServiceAccount } from '../../api/kubernetes.js';
import {
  defaultReaderAccount as reader,
  kubeletDiskRights,
  kubeletRights,
  metricsApiRights,
  readerTokenRights,
} from '../../scheduler/index.js';
import { metricsRole, partOf, schedulerName, useReaderDiskRole } from '../names.js';
import { type Part, part, type UseAccess } from '../part.js';
import { ruleOf, type Right } from './right.js';
import { schedulerElectionRights, schedulerRights } from './scheduler.js';

/** What the scheduler may do, and what the account may as which it asks kubelets: that is never the scheduler's own. */
export function schedulerRoles(namespace: string): readonly Part[] {
  const everywhere = (name: string, account: string, rights: readonly Right[], access?: UseAccess) => [
    part(ClusterRole, { metadata: { name, labels: partOf }, rules: rights.map(ruleOf) }, 'scheduler', access),
    part(
      ClusterRoleBinding,
      {
        metadata: { name, labels: partOf },
        roleRef: { apiGroup, kind: 'ClusterRole', name },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
      },
      'scheduler',
      access,
    ),
  ];
  const here = (name: string, rights: readonly Right[], access?: UseAccess) => {
    const metadata = { name, labels: partOf, namespace };
    const subjects = [{ kind: 'ServiceAccount', name: schedulerName, namespace }];
    return [
      part(Role, { metadata, rules: rights.map(ruleOf) }, 'scheduler', access),
      part(RoleBinding, { metadata, roleRef: { apiGroup, kind: 'Role', name }, subjects }, 'scheduler', access),
    ];
  };
  const account = (name: string, access?: UseAccess) =>
    part(ServiceAccount, { metadata: { name, labels: partOf, namespace } }, 'scheduler', access);
  return [
    account(schedulerName),
    ...everywhere(schedulerName, schedulerName, schedulerRights),
    ...here(schedulerName, schedulerElectionRights),
    ...everywhere(metricsRole, schedulerName, metricsApiRights, 'metrics-api'),
    account(reader, 'kubelet'),
    ...everywhere(reader, reader, kubeletRights, 'kubelet'),
    ...here(reader, readerTokenRights(reader), 'kubelet'),
    ...everywhere(useReaderDiskRole, reader, kubeletDiskRights, 'kubelet-disk'),
  ];
}

const apiGroup = 'rbac.authorization.k8s.io';
