import { keyOf, type Resource } from '../../api/meta/resource.js';
import type { Kind } from '../../api/meta/kind.js';
import {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage.js';
import type { Informers } from '../../runtime/index.js';
import type { VolumeView } from '../../scheduling/index.js';

const byNode = 'node';

/** Volumes and claims as the informers show them. `changed`: called when any of them has come or changed. */
export function watchVolumes(informers: Informers, changed: () => void): VolumeView {
  const follow = <T extends Resource>(kind: Kind<T>) => {
    const informer = informers.of(kind);
    informer.addHandler({ add: changed, update: changed, delete: () => {} });
    return informer;
  };
  const claims = follow(PersistentVolumeClaim);
  const volumes = follow(PersistentVolume);
  const classes = follow(StorageClass);
  const nodes = follow(CSINode);
  const drivers = follow(CSIDriver);
  const attachments = follow(VolumeAttachment);
  attachments.addIndex(byNode, ({ spec }) => [spec.nodeName]);
  return {
    claim: (namespace, name) => claims.get(keyOf({ namespace, name })),
    volume: (name) => volumes.get(name),
    storageClass: (name) => classes.get(name),
    csiNode: (name) => nodes.get(name),
    csiDriver: (name) => drivers.get(name),
    attachments: (node) => [...attachments.byIndex(byNode, node).values()],
  };
}
