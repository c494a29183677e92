import { ContainerClaim, containerClaimSpec, containerClaimStatus } from './container-claim.js';
import { ContainerPool, containerPoolSpec, containerPoolStatus } from './container-pool.js';
import { type Definition, define } from './definition.js';
import type { Kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { equal } from './schema/equality.js';

const age = { name: 'Age', type: 'date', path: '.metadata.creationTimestamp', about: 'Since its creation.' } as const;

export const containerPool = define({
  kind: ContainerPool,
  about: 'A stock of ready containers, kept ahead of demand.',
  shortName: 'cpool',
  spec: containerPoolSpec,
  status: containerPoolStatus,
  transitions: [],
  scale: { replicas: '.spec.replicas', ready: '.status.replicas', selector: '.status.selector' },
  columns: [
    { name: 'Desired', type: 'integer', path: '.spec.replicas', about: 'Containers to keep ready.' },
    { name: 'Ready', type: 'integer', path: '.status.ready', about: 'Containers that can be delivered now.' },
    { name: 'Delivered', type: 'integer', path: '.status.delivered', about: 'Containers that claims hold now.' },
    { name: 'Hit-Rate', type: 'string', path: '.status.hitRate', about: 'The share that was delivered from stock.' },
    {
      name: 'Starting',
      type: 'integer',
      path: '.status.starting',
      about: 'Containers that are not ready yet.',
      wide: true,
    },
    age,
  ],
});

export const containerClaim = define({
  kind: ContainerClaim,
  about: 'A request for a batch of containers from a pool, each item with its own configuration.',
  shortName: 'cclaim',
  spec: containerClaimSpec,
  status: containerClaimStatus,
  transitions: [
    {
      field: 'spec',
      rule: 'self == oldSelf',
      message: 'cannot be changed: delete the claim and create a new one',
      reason: 'FieldValueForbidden',
      check: equal,
    },
  ],
  columns: [
    { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers that the claim asks for.' },
    { name: 'Delivered', type: 'integer', path: '.status.allocated', about: 'Containers that belong to it.' },
    { name: 'Ready', type: 'integer', path: '.status.ready', about: 'Of these, those that are ready.' },
    {
      name: 'Reason',
      type: 'string',
      path: '.status.conditions[?(@.type=="Delivered")].reason',
      about: 'Why it is delivered, or not yet.',
    },
    { name: 'Pool', type: 'string', path: '.spec.pool.name', about: 'The pool to deliver from.', wide: true },
    { name: 'Tenant', type: 'string', path: '.spec.tenant', about: 'On whose behalf.', wide: true },
    age,
  ],
});

/** The kinds that Penstock adds to a cluster. */
export const definitions: readonly Definition[] = [containerPool, containerClaim];

/** What is known of a kind, if it is one of ours. */
export function definitionOf({ group, name }: Pick<Kind<Resource>, 'group' | 'name'>): Definition | undefined {
  return definitions.find(({ kind }) => kind.group === group && kind.name === name);
}
