import { FlowSchema, PriorityLevelConfiguration } from '../api/administration.js';
import { group } from '../api/names.js';
import { operatorName, partOf } from './names.js';
import { type Part, part } from './part.js';

interface Flow {
  readonly name: string;
  readonly shares: number;
  /** How much of its own share others may use while it needs less, in percent. */
  readonly lendable: number;
  /** How much it may use beyond its share, in percent of it; anything when absent. */
  readonly borrowing?: number;
  readonly precedence: number;
  readonly rules: readonly { readonly group: string; readonly resources: string[]; readonly verbs: string[] }[];
}

/**
 * The server tells deliveries from refill by what is done to pods: stock is created, a delivery patches. Both come from one
 * service account. Before the schemas that come with Kubernetes for service accounts (9000), behind those for its own parts.
 */
const flows: readonly Flow[] = [
  {
    name: 'penstock-delivery',
    shares: 30,
    lendable: 90,
    precedence: 1000,
    rules: [
      { group: '', resources: ['pods'], verbs: ['get', 'patch'] },
      { group: '', resources: ['pods/resize'], verbs: ['patch'] },
      { group: '', resources: ['secrets'], verbs: ['get', 'create', 'delete'] },
      { group, resources: ['containerclaims', 'containerclaims/status'], verbs: ['patch'] },
      // a leader that waits behind its own refill would lose its lease to it
      { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'create', 'update'] },
    ],
  },
  {
    name: 'penstock-refill',
    shares: 5,
    lendable: 0,
    borrowing: 200,
    precedence: 1100,
    rules: [{ group: '', resources: ['pods'], verbs: ['create'] }],
  },
];

/** API Priority and Fairness: a level of its own for deliveries, a small one for refill, so that one never waits for the other. */
export function flowControl(namespace: string): readonly Part[] {
  return flows.flatMap(({ name, shares, lendable, borrowing, precedence, rules }) => [
    part(
      PriorityLevelConfiguration,
      {
        metadata: { name, labels: partOf },
        spec: {
          type: 'Limited',
          limited: {
            nominalConcurrencyShares: shares,
            lendablePercent: lendable,
            ...(borrowing !== undefined && { borrowingLimitPercent: borrowing }),
            limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 200 } },
          },
        },
      },
      'flows',
    ),
    part(
      FlowSchema,
      {
        metadata: { name, labels: partOf },
        spec: {
          priorityLevelConfiguration: { name },
          matchingPrecedence: precedence,
          distinguisherMethod: { type: 'ByNamespace' },
          rules: [
            {
              subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: operatorName, namespace } }],
              resourceRules: rules.map(({ group: apiGroup, resources, verbs }) => ({
                apiGroups: [apiGroup],
                resources,
                verbs,
                namespaces: ['*'],
              })),
            },
          ],
        },
      },
      'flows',
    ),
  ]);
}
