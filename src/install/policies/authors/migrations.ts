import { ContainerClaim } from '../../../api/container-claim.js';
import { ContainerMigration } from '../../../api/container-migration.js';
import { ContainerPool } from '../../../api/container-pool.js';
import { Deployment } from '../../../api/kubernetes.js';
import { group, version } from '../../../api/names.js';
import type { Part } from '../../part.js';
import { allowed, author, validatingPolicy } from '../policy.js';

const movable = [ContainerPool, ContainerClaim, Deployment];

/** In CEL. Other kinds pass: their containers cannot be moved, and the migration says why. */
function mayPatch(end: 'from' | 'to'): string {
  const { kind, name } = { kind: `object.spec.${end}.kind`, name: `object.spec.${end}.name` };
  return movable.reduceRight(
    (otherwise, of) =>
      `${kind} == '${of.name}' ? ${allowed({ group: of.group, resource: of.plural, verb: 'patch', name })} : (${otherwise})`,
    'true',
  );
}

/** A migration takes containers from one workload and gives them to another: so its author has to have the right to change both. */
export function migrationAuthorsPolicy(): readonly Part[] {
  const ends = [
    ['from', 'gives'],
    ['to', 'takes'],
  ] as const;
  return validatingPolicy(
    'penstock-migration-authors',
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [group],
            apiVersions: [version],
            operations: ['CREATE', 'UPDATE'],
            resources: [ContainerMigration.plural],
          },
        ],
      },
      // one that is cancelled or goes on moves containers too
      matchConditions: [{ name: 'spec-changes', expression: 'oldObject == null || object.spec != oldObject.spec' }],
      validations: ends.map(([end, does]) => ({
        expression: mayPatch(end),
        messageExpression: `${author} + " may not patch " + object.spec.${end}.kind + " " + object.spec.${end}.name + ", which ${does} the containers: ask for that right"`,
        message: `you may not patch the workload that ${does} the containers`,
        reason: 'Forbidden',
      })),
    },
    'authors',
  );
}
