import type {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage.js';

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
