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
import type { ResourceOf } from '../../api/meta/resource.js';

export type PersistentVolume = ResourceOf<WirePersistentVolume>;
export type PersistentVolumeClaim = ResourceOf<WireClaim>;
export type StorageClass = ResourceOf<WireStorageClass>;
export type CSINode = ResourceOf<WireCSINode>;
export type CSIDriver = ResourceOf<WireCSIDriver>;
export type VolumeAttachment = ResourceOf<WireAttachment>;

/** What filters read of claims and volumes, from whoever has informers for them. */
export interface VolumeView {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  storageClass(name: string): StorageClass | undefined;
  /** What the drivers on a node say of it, by the node's name. */
  csiNode(node: string): CSINode | undefined;
  csiDriver(name: string): CSIDriver | undefined;
  /** What is attached to a node, or about to be. */
  attachments(node: string): readonly VolumeAttachment[];
}

export const noVolumes: VolumeView = {
  claim: () => undefined,
  volume: () => undefined,
  storageClass: () => undefined,
  csiNode: () => undefined,
  csiDriver: () => undefined,
  attachments: () => [],
};
