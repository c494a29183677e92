/** What `kubectl get` and the command line's lists show of our kinds. */

export interface Column {
  readonly name: string;
  readonly type: 'integer' | 'string' | 'date';
  readonly path: string;
  readonly about: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
}

const age = { name: 'Age', type: 'date', path: '.metadata.creationTimestamp', about: 'Since its creation.' } as const;

export const poolColumns: readonly Column[] = [
  { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers to keep ready.' },
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
];

export const claimColumns: readonly Column[] = [
  { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers that the claim asks for.' },
  { name: 'Delivered', type: 'integer', path: '.status.allocated', about: 'Containers that belong to it.' },
  { name: 'Ready', type: 'integer', path: '.status.ready', about: 'Of these, those that are ready.' },
  {
    name: 'Reason',
    type: 'string',
    path: '.status.conditions[?(@.type=="Delivered")].reason',
    about: 'Why it is delivered, or not yet.',
  },
  { name: 'Place', type: 'integer', path: '.status.queue.place', about: 'Its place in the queue.' },
  { name: 'Pool', type: 'string', path: '.spec.pool.name', about: 'The pool to deliver from.', wide: true },
  { name: 'Tenant', type: 'string', path: '.spec.tenant', about: 'On whose behalf.', wide: true },
  { name: 'Priority', type: 'integer', path: '.spec.priority', about: 'Higher ones go first.', wide: true },
  age,
];

export const migrationColumns: readonly Column[] = [
  { name: 'From', type: 'string', path: '.spec.from.name', about: 'Whose containers they are.' },
  { name: 'To', type: 'string', path: '.spec.to.name', about: 'Whose they are to be.' },
  { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers to be moved.' },
  { name: 'Moved', type: 'integer', path: '.status.moved', about: 'Of these, those that have been.' },
  {
    name: 'Reason',
    type: 'string',
    path: '.status.conditions[?(@.type=="Complete")].reason',
    about: 'Where it stands, in one word.',
  },
  { name: 'Source', type: 'string', path: '.spec.from.kind', about: 'The kind that they come from.', wide: true },
  { name: 'Target', type: 'string', path: '.spec.to.kind', about: 'The kind that they go to.', wide: true },
  age,
];

export const lineColumns: readonly Column[] = [
  {
    name: 'Accepted',
    type: 'string',
    path: '.status.conditions[?(@.type=="Accepted")].status',
    about: 'Whether pools can work by it as it is now.',
  },
  {
    name: 'Reason',
    type: 'string',
    path: '.status.conditions[?(@.type=="Accepted")].reason',
    about: 'Why, in one word.',
  },
  age,
];
