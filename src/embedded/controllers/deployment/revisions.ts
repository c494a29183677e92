import { isDeepStrictEqual } from 'node:util';
import type { Deployment, PodTemplate, ReplicaSet } from '../../../api/kubernetes.js';
import { fingerprint } from '../../../support/digest.js';

export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** Annotations of a Deployment that say something about that object only. */
const notCopied: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision-history',
  revisionAnnotation,
  desiredAnnotation,
  maxAnnotation,
];

/** The ReplicaSets of a Deployment: the one of its template, and the rest. */
export interface Revisions {
  readonly current: ReplicaSet | undefined;
  /** Oldest first. */
  readonly old: readonly ReplicaSet[];
}

const withoutHash = ({ metadata, spec }: PodTemplate) => {
  const { [hashLabel]: _, ...labels } = metadata?.labels ?? {};
  return {
    labels,
    annotations: metadata?.annotations ?? {},
    finalizers: metadata?.finalizers ?? [],
    spec: plain(spec),
  };
};

/** What JSON would say: an absent field and one without a value are the same. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

export const sameTemplate = (a: PodTemplate, b: PodTemplate): boolean =>
  isDeepStrictEqual(withoutHash(a), withoutHash(b));

/** Of several ReplicaSets with the Deployment's template the oldest counts, as in Kubernetes. */
export function revisionsOf(deployment: Deployment, sets: readonly ReplicaSet[]): Revisions {
  const sorted = sets.toSorted(byAge);
  const template = deployment.spec?.template;
  const current = template && sorted.find(({ spec }) => spec?.template && sameTemplate(spec.template, template));
  return { current, old: sorted.filter((set) => set !== current) };
}

function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [bornA, bornB] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (bornA !== bornB) return bornA < bornB ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

export const revisionOf = ({ metadata }: Pick<ReplicaSet, 'metadata'>): number =>
  Number(metadata.annotations?.[revisionAnnotation] ?? 0) || 0;

/** The number of the current revision: one more than any old one has, or what it has already. */
export function nextRevision({ current, old }: Revisions): number {
  return Math.max(Math.max(0, ...old.map(revisionOf)) + 1, current ? revisionOf(current) : 0);
}

/** Names the ReplicaSet of a template. `collisions` makes it another name when the first is somebody else's. */
export function templateHash(template: PodTemplate, collisions: number): string {
  return fingerprint(collisions === 0 ? withoutHash(template) : [withoutHash(template), collisions]);
}

/** What a ReplicaSet should carry of its Deployment's annotations, with its own beside. */
export function annotationsFor(
  deployment: Deployment,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !notCopied.includes(name));
  return { ...Object.fromEntries(copied), ...own };
}

/** Old ReplicaSets that are no longer needed to roll back to, the oldest revisions first. */
export function superfluous(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const idle = old.filter(
    ({ metadata, spec, status }) =>
      metadata.deletionTimestamp === undefined &&
      (spec?.replicas ?? 1) === 0 &&
      (status?.replicas ?? 0) === 0 &&
      (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0),
  );
  const surplus = Math.max(0, idle.length - limit);
  return idle.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
}
