/** The volumes that the operator adds to a pod. */
export const ownVolumes = {
  /** The annotations that configure the container, as files. */
  configuration: 'penstock',
  /** The latch and its busybox. */
  latch: 'penstock-latch',
  /** What the latch notes for itself. */
  state: 'penstock-state',
  /** The files that the latch writes. */
  files: 'penstock-files',
  /** A busybox for those images that are only to be pulled. */
  prepull: 'penstock-prepull',
  /** The Secret that the claim brought. */
  secret: 'penstock-secret',
} as const;

/** kubectl's own annotation: the container that `kubectl logs` and `kubectl exec` mean when they name none. */
const defaultContainer = 'kubectl.kubernetes.io/default-container';

/** The container that the annotation names, else the first: of a template, where nobody has put others before it. */
export function defaultContainerOf<Container extends { readonly name: string }>({
  metadata,
  spec,
}: {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly spec?: { readonly containers: readonly Container[] } | undefined;
}): Container | undefined {
  const named = metadata?.annotations?.[defaultContainer];
  return spec?.containers.find(({ name }) => name === named) ?? spec?.containers[0];
}

/** The same in the language of the API server's rules, of the template at `path`. */
const annotationsOf = (path: string) => `${path}.metadata.annotations`;
export const defaultContainerNameRule = (path: string): string =>
  `has(${path}.metadata) && has(${annotationsOf(path)}) && '${defaultContainer}' in ${annotationsOf(path)} && ${path}.spec.containers.exists(c, c.name == ${annotationsOf(path)}['${defaultContainer}']) ? ${annotationsOf(path)}['${defaultContainer}'] : ${path}.spec.containers[0].name`;
