import { ContainerClaim } from '../../../api/container-claim.js';
import { group, version } from '../../../api/names.js';
import type { Part } from '../../part.js';
import { allowed, author, validatingPolicy } from '../policy.js';
import { namedSecrets } from './secrets.js';

const named = 'object.spec.items.filter(item, has(item.secret))';
const marks = 'object.spec.items.exists(item, has(item.labels) || has(item.annotations))';

/**
 * The operator reads the Secrets that claims name: so only those that the claim's author may get. It gives containers the labels
 * by which Services and network policies find pods, and annotations that may mean as much: so only for authors who may patch pods.
 */
export function claimAuthorsPolicy(): readonly Part[] {
  const { variables, validations } = namedSecrets(`${named}.map(item, item.secret.name)`, 'the claim');
  return validatingPolicy(
    'penstock-claim-authors',
    {
      matchConstraints: {
        // nothing else can bring a Secret into a claim: its spec never changes
        resourceRules: [
          { apiGroups: [group], apiVersions: [version], operations: ['CREATE'], resources: [ContainerClaim.plural] },
        ],
      },
      matchConditions: [{ name: 'asks-for-more', expression: `size(${named}) > 0 || ${marks}` }],
      variables,
      validations: [
        ...validations,
        {
          expression: `!${marks} || ${allowed({ group: '', resource: 'pods', verb: 'patch' })}`,
          messageExpression: `${author} + " may not patch pods in this namespace, which the operator does for labels and annotations of items: ask for that right, or leave them out"`,
          message: 'labels and annotations of items are put on pods: that needs the right to patch pods',
          reason: 'Forbidden',
        },
      ],
    },
    'authors',
  );
}
