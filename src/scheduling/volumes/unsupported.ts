import type { PodShape } from '../pod-shape.js';
import { claimsOf, isBound, waitsForConsumer } from './claims.js';
import type { PersistentVolume } from '../../api/storage.js';
import type { VolumeView } from './volume-view.js';

/** Sources of volumes that Kubernetes hands on to CSI drivers, under other names and topology keys. */
const migrated = [
  'awsElasticBlockStore',
  'gcePersistentDisk',
  'azureDisk',
  'azureFile',
  'cinder',
  'portworxVolume',
] as const;

/**
 * What of a pod these filters cannot judge, in a sentence; such a pod is for the default scheduler. `undefined`: nothing.
 */
export function unsupportedBy(pod: PodShape, view: VolumeView): string | undefined {
  if (pod.resourceClaims.length > 0) return 'The pod has resource claims, which need the DynamicResources plug-in.';
  for (const volume of pod.volumes) {
    if (volume.ephemeral)
      return `Volume ${volume.name} is a generic ephemeral volume, whose claim is bound with the pod.`;
    const source = migrated.find((name) => name in volume);
    if (source) return `Volume ${volume.name} is of the kind ${source}, which a CSI driver has taken over.`;
  }
  for (const claim of claimsOf(pod, view)) {
    const { name } = claim.metadata;
    if (!isBound(claim)) {
      if (!claim.spec?.volumeName && waitsForConsumer(claim, view))
        return `Claim ${name} is bound only when its pod has a node.`;
      continue;
    }
    const source = sourceOf(view.volume(claim.spec?.volumeName ?? ''));
    if (source) return `The volume of claim ${name} is of the kind ${source}, which a CSI driver has taken over.`;
  }
  return undefined;
}

const sourceOf = (volume: PersistentVolume | undefined): string | undefined =>
  migrated.find((name) => volume?.spec !== undefined && name in volume.spec);
