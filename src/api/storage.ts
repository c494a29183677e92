/** The kinds of storage that the scheduler reads. */
import type {
  PersistentVolume as WirePersistentVolume,
  PersistentVolumeClaim as WireClaim,
} from 'kubernetes-types/core/v1.js';
import type {
  CSIDriver as WireCSIDriver,
  CSINode as WireCSINode,
  StorageClass as WireStorageClass,
  VolumeAttachment as WireAttachment,
} from 'kubernetes-types/storage/v1.js';
import { type Kind, kind } from './meta/kind.js';
import type { Resource, ResourceOf } from './meta/resource.js';

export type PersistentVolume = ResourceOf<WirePersistentVolume>;
export type PersistentVolumeClaim = ResourceOf<WireClaim>;
export type StorageClass = ResourceOf<WireStorageClass>;
export type CSINode = ResourceOf<WireCSINode>;
export type CSIDriver = ResourceOf<WireCSIDriver>;
export type VolumeAttachment = ResourceOf<WireAttachment>;

const storageKind = <T extends Resource>(name: string, plural: string): Kind<T> =>
  kind<T>({ group: 'storage.k8s.io', version: 'v1', plural, name, namespaced: false });

export const PersistentVolume = kind<PersistentVolume>({
  group: '',
  version: 'v1',
  plural: 'persistentvolumes',
  name: 'PersistentVolume',
  namespaced: false,
});
export const PersistentVolumeClaim = kind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  plural: 'persistentvolumeclaims',
  name: 'PersistentVolumeClaim',
  namespaced: true,
});
export const StorageClass = storageKind<StorageClass>('StorageClass', 'storageclasses');
export const CSINode = storageKind<CSINode>('CSINode', 'csinodes');
export const CSIDriver = storageKind<CSIDriver>('CSIDriver', 'csidrivers');
export const VolumeAttachment = storageKind<VolumeAttachment>('VolumeAttachment', 'volumeattachments');
