import { type Key, keyOf } from '../../api/meta/resource.js';
import type { Labels, PodShape } from '../pod-shape.js';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/storage.js';
import type { VolumeView } from './volume-view.js';

/** Names of the claims that a pod's volumes name, in their order. */
export const claimNames = ({ volumes }: PodShape): readonly string[] =>
  volumes.length === 0
    ? none
    : volumes.flatMap(({ persistentVolumeClaim }) =>
        persistentVolumeClaim ? [persistentVolumeClaim.claimName] : none,
      );

const none: readonly string[] = [];

export const claimKeys = (pod: PodShape): readonly Key[] =>
  claimNames(pod).map((name) => keyOf({ namespace: pod.namespace, name }));

/** The claims of a pod that exist. */
export const claimsOf = (pod: PodShape, view: VolumeView): readonly PersistentVolumeClaim[] =>
  claimNames(pod).flatMap((name) => view.claim(pod.namespace, name) ?? []);

/** The volumes that its claims are bound to. */
export const boundVolumes = (pod: PodShape, view: VolumeView): readonly PersistentVolume[] =>
  claimsOf(pod, view).flatMap((claim) => (isBound(claim) ? (view.volume(claim.spec?.volumeName ?? '') ?? []) : []));

/** A claim is bound when the volume controller has said so, not when it names a volume. */
export const isBound = ({ spec, metadata }: PersistentVolumeClaim): boolean =>
  Boolean(spec?.volumeName) && metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;

/** The class of a claim (`GetPersistentVolumeClaimClass`); empty: it has none. */
export const classNameOf = ({ spec, metadata }: PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';

/** Whether its volume is to be bound or made only when its pod has a node. */
export const waitsForConsumer = (claim: PersistentVolumeClaim, view: VolumeView): boolean =>
  view.storageClass(classNameOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';

const zoneLabels = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
] as const;

/** A zone or region that a volume is in, by its labels. */
export interface VolumeZone {
  readonly key: string;
  readonly values: readonly string[];
}

export const zonesOf = ({ metadata }: PersistentVolume): readonly VolumeZone[] =>
  zoneLabels.flatMap((key) => {
    const values = metadata.labels?.[key]?.split('__').map((value) => value.trim());
    // one of which a part is empty cannot be read, and is passed over
    return values?.every((value) => value !== '') ? [{ key, values }] : [];
  });

const current: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

/** Whether a node is in the zone. One that says nothing of zones is in all of them. */
export function isInZone({ key, values }: VolumeZone, labels: Labels = {}): boolean {
  if (zoneLabels.every((label) => labels[label] === undefined)) return true;
  const value = labels[key] ?? labels[current[key] ?? key];
  return value !== undefined && values.includes(value);
}
