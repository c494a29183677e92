import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/administration.js';
import { ServiceAccount } from '../../api/kubernetes.js';
import { execRole, operatorName, partOf, secretsRole } from '../names.js';
import { type Part, part } from '../part.js';
import { electionRights, execRights, operatorRights, secretRights } from './operator.js';
import { adminRights, editorRights, viewerRights } from './people.js';
import { ruleOf } from './right.js';

const apiGroup = 'rbac.authorization.k8s.io';
const aggregateTo = (role: string) => ({ [`${apiGroup}/aggregate-to-${role}`]: 'true' });

/** Who may do what: the operator by its service account, people through Kubernetes' own roles. */
export function roles(namespace: string): readonly Part[] {
  const operator = { name: operatorName, labels: partOf };
  const here = { ...operator, namespace };
  const secrets = { name: secretsRole, labels: partOf };
  const exec = { name: execRole, labels: partOf };
  const subjects = [{ kind: 'ServiceAccount', name: operatorName, namespace }];
  return [
    part(ServiceAccount, { metadata: here }),
    part(ClusterRole, { metadata: operator, rules: operatorRights.map(ruleOf) }),
    part(ClusterRoleBinding, {
      metadata: operator,
      roleRef: { apiGroup, kind: 'ClusterRole', name: operatorName },
      subjects,
    }),
    // always there: without the feature, whoever looks after a namespace can bind it
    part(ClusterRole, { metadata: secrets, rules: secretRights.map(ruleOf) }),
    part(
      ClusterRoleBinding,
      { metadata: secrets, roleRef: { apiGroup, kind: 'ClusterRole', name: secretsRole }, subjects },
      'secrets',
    ),
    part(ClusterRole, { metadata: exec, rules: execRights.map(ruleOf) }),
    part(
      ClusterRoleBinding,
      { metadata: exec, roleRef: { apiGroup, kind: 'ClusterRole', name: execRole }, subjects },
      'exec',
    ),
    part(Role, { metadata: here, rules: electionRights.map(ruleOf) }),
    part(RoleBinding, { metadata: here, roleRef: { apiGroup, kind: 'Role', name: operatorName }, subjects }),
    part(ClusterRole, {
      metadata: {
        name: 'penstock-viewer',
        labels: { ...partOf, ...aggregateTo('view'), ...aggregateTo('edit'), ...aggregateTo('admin') },
      },
      rules: viewerRights.map(ruleOf),
    }),
    part(ClusterRole, {
      metadata: { name: 'penstock-editor', labels: { ...partOf, ...aggregateTo('edit'), ...aggregateTo('admin') } },
      rules: editorRights.map(ruleOf),
    }),
    part(ClusterRole, {
      metadata: { name: 'penstock-admin', labels: { ...partOf, ...aggregateTo('admin') } },
      rules: adminRights.map(ruleOf),
    }),
  ];
}
