import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerMigration } from '../../api/container-migration.js';
import { group, version } from '../../api/names.js';
import type { Part } from '../part.js';
import { allowed, author, validatingPolicy } from './policy.js';

const name = 'penstock-tenants';

/**
 * Binds a claim's tenant to who asks: it may be one that its author may `use`, by a Role with the verb `use` on `tenants`
 * of penstock.dev and the tenant's name. Claims without a tenant pass. Migrations likewise: they touch the claims of their tenant alone.
 */
export function tenantsPolicy(): readonly Part[] {
  return validatingPolicy(
    name,
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [group],
            apiVersions: [version],
            // what comes after cannot change the tenant: that part of their specs stays as it was created
            operations: ['CREATE'],
            resources: [ContainerClaim.plural, ContainerMigration.plural],
          },
        ],
      },
      validations: [
        {
          expression:
            `!has(object.spec.tenant) || ` +
            allowed({ group, resource: 'tenants', verb: 'use', name: 'object.spec.tenant' }),
          messageExpression: `${author} + " may not act for the tenant " + object.spec.tenant + ": that needs the right to use tenants.${group} of this name"`,
          message: 'the tenant is not one that you may act for',
          reason: 'Forbidden',
        },
      ],
    },
    'tenants',
  );
}
