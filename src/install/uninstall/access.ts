import { group } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { listed } from '../doctor/finding.js';
import { askForOneself } from '../doctor/read.js';
import { isSeen } from '../doctor/sight.js';
import { qualifiedResource, type Right } from '../rights/right.js';

const right = (of: string, resource: string, ...verbs: readonly string[]): Right => ({
  group: of,
  resource,
  verbs,
  why: 'uninstalling',
});

/** What cannot be done without; the parts themselves are of many kinds, which whoever may do this may delete too. */
const needed: readonly Right[] = [
  right('apps', 'deployments', 'delete'),
  right('', 'pods', 'list', 'patch', 'delete'),
  right('', 'secrets', 'list', 'patch', 'delete'),
  right('', 'nodes', 'list', 'get', 'patch'),
  right(group, 'containerpools', 'list', 'delete'),
  right(group, 'containerclaims', 'list', 'patch', 'delete'),
  right(group, 'reservedmarks', 'set'),
  right('apiextensions.k8s.io', 'customresourcedefinitions', 'delete'),
  right('rbac.authorization.k8s.io', 'clusterroles', 'delete'),
  right('admissionregistration.k8s.io', 'validatingadmissionpolicies', 'delete'),
];

/** Throws CodedError, before anything is changed, where the asker could not finish. */
export async function requireAccess(cluster: Cluster): Promise<void> {
  const answers = await askForOneself(cluster, needed);
  const denied = answers.filter(({ allowed }) => isSeen(allowed) && !allowed.seen);
  if (denied.length === 0) return;
  const words = denied.map((answer) => `${answer.verb} ${qualifiedResource(answer.right)}`);
  throw new CodedError(
    'MAY_NOT_UNINSTALL',
    `you may not ${listed(words)} in all namespaces`,
    'ask an administrator of the cluster; nothing was changed',
    exitCodes.forbidden,
  );
}
