/** What RBAC can allow: verbs on one resource, never a wildcard. */
export interface Right {
  readonly group: string;
  /** With its subresource, such as `pods/resize`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Only objects of these names. */
  readonly names?: readonly string[];
  /** By whom it is asked for; absent: it is a call that the holder makes. */
  readonly askedBy?: 'admission';
  /** What for, as a sentence for `docs/reference/permissions.md`. */
  readonly why: string;
}

/** As a rule of a role. */
export const ruleOf = ({ group, resource, verbs, names }: Right) => ({
  apiGroups: [group],
  resources: [resource],
  verbs: [...verbs],
  ...(names && { resourceNames: [...names] }),
});

/** As kubectl writes it: `pods/resize`, `leases.coordination.k8s.io`. */
export function qualifiedResource({ group, resource }: Pick<Right, 'group' | 'resource'>): string {
  if (group === '') return resource;
  const [name = '', ...below] = resource.split('/');
  return [`${name}.${group}`, ...below].join('/');
}
