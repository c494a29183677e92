import { ContainerPool } from '../../../api/container-pool.js';
import { containerPool } from '../../../api/definitions.js';
import { group, version } from '../../../api/names.js';
import type { Part } from '../../part.js';
import { allowed, author, validatingPolicy } from '../policy.js';

/** They say how much stock there is, how it is kept and who may have it: nothing of what a container is. */
export const quantities: readonly string[] = [
  'replicas',
  'autoscale',
  'refill',
  'expireAfter',
  'renewal',
  'audit',
  'claims',
];

/** What decides which containers the operator makes. A field that is new to pools is among them. */
const decisive = Object.keys(containerPool.structural.properties?.['spec']?.properties ?? {}).filter(
  (field) => !quantities.includes(field),
);

/**
 * The operator makes the containers of a pool with its own rights, whatever service account, Secrets and volumes the template
 * names: so only for authors who may create such pods themselves. And the stock of a Deployment becomes its replicas.
 */
export function poolAuthorsPolicy(): readonly Part[] {
  const changed = decisive.map((field) => `object.spec.?${field} != oldObject.spec.?${field}`).join(' || ');
  const deployment = 'object.spec.fromDeployment.name';
  return validatingPolicy(
    'penstock-pool-authors',
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [group],
            apiVersions: [version],
            operations: ['CREATE', 'UPDATE'],
            resources: [ContainerPool.plural],
          },
        ],
      },
      matchConditions: [{ name: 'containers-change', expression: `oldObject == null || ${changed}` }],
      validations: [
        {
          expression: allowed({ group: '', resource: 'pods', verb: 'create' }),
          messageExpression: `${author} + " may not create pods in this namespace, which the operator does for a pool: ask for that right; Kubernetes' role edit has it"`,
          message: 'a pool makes pods: that needs the right to create pods',
          reason: 'Forbidden',
        },
        {
          expression: `!has(object.spec.fromDeployment) || ${allowed({ group: 'apps', resource: 'deployments', verb: 'patch', name: deployment })}`,
          messageExpression: `${author} + " may not patch the Deployment " + ${deployment} + ", whose replicas the pool provides: ask for that right"`,
          message: 'you may not patch the Deployment whose replicas the pool provides',
          reason: 'Forbidden',
        },
      ],
    },
    'authors',
  );
}
