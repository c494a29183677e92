import { ContainerClaim } from '../../../api/container-claim.js';
import { group, version } from '../../../api/names.js';
import type { Part } from '../../part.js';
import { validatingPolicy } from '../policy.js';
import { namedSecrets } from './secrets.js';

/** The operator reads the Secrets that claims name: so only those that the claim's author may get. */
export function claimAuthorsPolicy(): readonly Part[] {
  const named = 'object.spec.items.filter(item, has(item.secret))';
  return validatingPolicy(
    'penstock-claim-authors',
    {
      matchConstraints: {
        // nothing else can bring a Secret into a claim: its spec never changes
        resourceRules: [
          { apiGroups: [group], apiVersions: [version], operations: ['CREATE'], resources: [ContainerClaim.plural] },
        ],
      },
      matchConditions: [{ name: 'names-secrets', expression: `size(${named}) > 0` }],
      ...namedSecrets(`${named}.map(item, item.secret.name)`, 'the claim'),
    },
    'authors',
  );
}
