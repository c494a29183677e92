/** The page about permissions, from the same data as the roles. */
import { electionRights, execRights, operatorRights, secretRights } from '../../src/install/rights/operator.js';
import { adminRights, editorRights, viewerRights } from '../../src/install/rights/people.js';
import { quantities } from '../../src/install/policies/authors/pools.js';
import { mostNamed } from '../../src/install/policies/authors/secrets.js';
import { schedulerElectionRights, schedulerRights } from '../../src/install/rights/scheduler.js';
import { rebalancerHomeRights, rebalancerRights } from '../../src/install/rights/rebalancer.js';
import {
  metricsRole,
  rebalancerMetricsRole,
  rebalancerReaderDiskRole,
  useReaderDiskRole,
} from '../../src/install/names.js';
import { rebalancerReaderAccount } from '../../src/operator/index.js';
import {
  defaultReaderAccount,
  kubeletDiskRights,
  kubeletRights,
  metricsApiPodRights,
  metricsApiRights,
  readerTokenRights,
} from '../../src/scheduler/index.js';
import { snapshotRights } from '../../src/simulation/cluster-snapshot/rights.js';
import { qualifiedResource, type Right } from '../../src/install/rights/right.js';

export function permissionsPage(): string {
  return `# Permissions

This page is made by \`npm run generate\` from the data that the roles are made from. There are no wildcards. Tests run the operator, the scheduler and the rebalancer with exactly these rights on a real API server, and fail when one makes a call that is not here, or when something here is never used.

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

## The scheduler

Only with the feature \`scheduler\`. It has a service account of its own, \`penstock-scheduler\`, and the operator has none of these rights.

ClusterRole \`penstock-scheduler\`.

${table(schedulerRights)}

Role \`penstock-scheduler\`, in its own namespace only.

${table(schedulerElectionRights)}

What it needs to read the use of nodes goes by \`use.source\` in its configuration; nothing more with \`none\` and \`prometheus\`.

With \`metrics-api\`: ClusterRole \`${metricsRole}\`.

${table(metricsApiRights)}

With \`kubelet\`: Role \`${defaultReaderAccount}\`, in its own namespace only.

${table(readerTokenRights(defaultReaderAccount))}

That account, \`${defaultReaderAccount}\`, is there only then, and may do nothing but this: ClusterRole \`${defaultReaderAccount}\`.

${table(kubeletRights)}

With \`disk: cadvisor\` besides: ClusterRole \`${useReaderDiskRole}\`, bound to the same account.

${table(kubeletDiskRights)}

Where the configuration names another \`serviceAccount\`, or a \`tokenFile\`, none of the rights for \`kubelet\` are installed: give the account of yours those that stand here, and the scheduler the right to \`create\` its \`serviceaccounts/token\`.

## The rebalancer

Only with the feature \`rebalancer\`. It has a service account of its own, \`penstock-rebalancer\`; neither the operator nor the scheduler has its rights.

ClusterRole \`penstock-rebalancer\`.

${table(rebalancerRights)}

Kubernetes cannot narrow the right to patch pods and nodes to some of their fields. Of Penstock's own marks on pods it may write that one alone: the policy \`penstock-reserved-marks\` asks for the name.

Role \`penstock-rebalancer\`, in its own namespace only.

${table(rebalancerHomeRights)}

What it needs to read the use of nodes and of pods goes by \`use.source\`, as the scheduler's does. With \`metrics-api\`: ClusterRole \`${rebalancerMetricsRole}\`.

${table([...metricsApiRights, ...metricsApiPodRights])}

With \`kubelet\`: Role \`${rebalancerReaderAccount}\` in its own namespace, and an account of that name with the ClusterRoles \`${rebalancerReaderAccount}\` and, with \`disk: cadvisor\`, \`${rebalancerReaderDiskRole}\`. Their rights are those of \`${defaultReaderAccount}\` above.

${table(readerTokenRights(rebalancerReaderAccount))}

## Snapshots

\`penstock snapshot\` runs with the rights of whoever calls it. It only reads, and asks for no Secret and no ConfigMap. Without the right to list nodes and pods there is no snapshot; without another one of these the file says what it lacks.

${table(snapshotRights)}

With \`--use metrics-api\`, which is the default, it lists \`nodes\` and \`pods\` of \`metrics.k8s.io\` too.

## People

They come with Kubernetes' own roles, by aggregation: who has \`view\` in a namespace has \`penstock-viewer\` there, who has \`edit\` or \`admin\` has \`penstock-editor\` too.

ClusterRole \`penstock-viewer\`.

${table(viewerRights)}

ClusterRole \`penstock-editor\`.

${table(editorRights)}

Who has \`admin\` has ClusterRole \`penstock-admin\` too.

${table(adminRights)}

## Authors

The operator makes pods, reads Secrets and moves containers with its own rights, for whoever writes the objects that ask for it. So that
nobody gets done through it what they may not do themselves, the policies of the feature \`authors\` ask the author for these rights in the
namespace, when an object is created and when what they are needed for changes:

| who writes | needs the right to |
|---|---|
| a ContainerPool | \`create\` \`pods\`: its template can name any service account, Secret or volume. Not to change how much stock there is, how it is kept and who may have it: ${quantities.map((field) => `\`${field}\``).join(', ')} |
| a ContainerPool with \`fromDeployment\` | \`patch\` that Deployment, besides |
| a ContainerClaim with Secrets | \`get\` each of them. At most ${mostNamed} by name; whoever may get all Secrets of the namespace may name any number |
| a ContainerClaim whose items have \`labels\` or \`annotations\` | \`patch\` \`pods\`: by them Services and network policies find pods |
| a ProductionLine | \`create\` \`pods\`; \`get\` each Secret that signs its calls; \`create\` \`pods/exec\` where it runs programs in containers |
| a ContainerMigration | \`patch\` the workload that containers come from and the one that they go to, each by its name |

Kubernetes' roles \`edit\` and \`admin\` have all of these. A claim brings no other rights than those of
its containers: what runs there has the service account, the volumes and the network of the pool's template.

For a claimant with one Secret:

\`\`\`yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: claimant, namespace: team }
rules:
  - { apiGroups: [penstock.dev], resources: [containerclaims], verbs: [create, get, list, watch, delete] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [build-key], verbs: [get] }
\`\`\`

Whatever its author may do, the operator hands out no Secret of type \`kubernetes.io/service-account-token\` or \`bootstrap.kubernetes.io/token\`,
and no copy that it has made for another container.

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
