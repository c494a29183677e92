/** The page about permissions, from the same data as the roles. */
import { electionRights, execRights, operatorRights, secretRights } from '../../src/install/rights/operator.js';
import { adminRights, editorRights, viewerRights } from '../../src/install/rights/people.js';
import { qualifiedResource, type Right } from '../../src/install/rights/right.js';

export function permissionsPage(): string {
  return `# Permissions

This page is made by \`npm run generate\` from the data that the roles are made from. There are no wildcards. A test runs the operator with exactly these rights on a real API server, and fails when it makes a call that is not here, or when something here is never used.

## The operator

ClusterRole \`penstock-operator\`, bound to the service account of that name.

${table(operatorRights)}

ClusterRole \`penstock-operator-secrets\`, which the feature \`secrets\` binds to the same account. Without the feature claims that name a Secret are served only where a RoleBinding gives it.

${table(secretRights)}

ClusterRole \`penstock-operator-exec\`, which the feature \`exec\` binds to the same account. Without the feature, which is not in by default, the stages of production lines that run programs in containers fail, and say why.

${table(execRights)}

Role \`penstock-operator\`, in the operator's own namespace only.

${table(electionRights)}

${notes}

## People

They come with Kubernetes' own roles, by aggregation: who has \`view\` in a namespace has \`penstock-viewer\` there, who has \`edit\` or \`admin\` has \`penstock-editor\` too.

ClusterRole \`penstock-viewer\`.

${table(viewerRights)}

ClusterRole \`penstock-editor\`.

${table(editorRights)}

Who has \`admin\` has ClusterRole \`penstock-admin\` too.

${table(adminRights)}

## Tenants

With the feature \`tenants\` a claim may name a tenant only if its author may \`use\` it: a Role with the verb \`use\` on the resource \`tenants\` of \`penstock.dev\` and the tenant as resource name. There are no objects of that kind; the right is all there is.

\`\`\`yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: tenant-blue, namespace: team }
rules:
  - { apiGroups: [penstock.dev], resources: [tenants], resourceNames: [blue], verbs: [use] }
\`\`\`
`;
}

const notes = `Rows marked with * are no calls: admission asks whether the operator has the right. \`reservedmarks\` is no resource; the policy \`penstock-reserved-marks\` lets only those write labels and annotations of \`penstock.dev\` on pods who have the right to \`set\` it. Cluster administrators have it, as they have every right.`;

const table = (rights: readonly Right[]): string =>
  [
    '| resource | verbs | what for |',
    '|---|---|---|',
    ...rights.map((right) => {
      const only = right.names ? `, only ${right.names.map((name) => `\`${name}\``).join(', ')}` : '';
      const mark = right.askedBy === 'admission' ? ' *' : '';
      return `| \`${qualifiedResource(right)}\`${only}${mark} | ${right.verbs.join(', ')} | ${right.why} |`;
    }),
  ].join('\n');
