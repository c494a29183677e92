import { refOf } from '../../api/meta/resource.js';
import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import { claimNames, classNameOf } from './claims.js';
import type { PersistentVolumeClaim } from '../../api/storage.js';
import type { VolumeView } from './volume-view.js';

/** Drivers of CSI volumes by what tells the volumes apart: several pods of a node may have the same one. */
export type CsiVolumes = ReadonlyMap<string, string>;

/** The CSI volumes of a pod that waits. Its claims exist. */
export const csiVolumes = (pod: PodShape, view: VolumeView): CsiVolumes =>
  collect(claimNames(pod), pod.namespace, view);

/** Those of pods on a node. */
export function csiVolumesOf(pods: readonly PodInfo[], view: VolumeView): CsiVolumes {
  const found = new Map<string, string>();
  for (const { key, shape } of pods) {
    if (shape.volumes.length === 0) continue;
    const names = shape.volumes.map(
      ({ name, persistentVolumeClaim, ephemeral }) =>
        persistentVolumeClaim?.claimName ?? (ephemeral && `${refOf(key).name}-${name}`),
    );
    for (const [volume, driver] of collect(names, shape.namespace, view)) found.set(volume, driver);
  }
  return found;
}

/** What is attached to a node by the word of its attachments. */
export function csiAttachments(node: string, view: VolumeView): CsiVolumes {
  const found = new Map<string, string>();
  for (const { spec } of view.attachments(node)) {
    const volume = view.volume(spec.source.persistentVolumeName ?? '')?.spec?.csi;
    if (volume && spec.attacher) found.set(`${spec.attacher}/${volume.volumeHandle}`, spec.attacher);
  }
  return found;
}

function collect(names: readonly (string | undefined)[], namespace: string, view: VolumeView): CsiVolumes {
  const found = new Map<string, string>();
  for (const name of names) {
    const claim = name === undefined ? undefined : view.claim(namespace, name);
    const volume = claim && csiVolume(claim, view);
    if (volume) found.set(`${volume.driver}/${volume.handle}`, volume.driver);
  }
  return found;
}

/** The driver and the handle of a claim's volume; of one that has none yet, those that its class will give it. */
function csiVolume(claim: PersistentVolumeClaim, view: VolumeView) {
  const { namespace = '', name } = claim.metadata;
  const volume = claim.spec?.volumeName ? view.volume(claim.spec.volumeName) : undefined;
  if (volume) {
    const csi = volume.spec?.csi;
    return csi && { driver: csi.driver, handle: csi.volumeHandle };
  }
  const driver = view.storageClass(classNameOf(claim))?.provisioner;
  // no handle begins with a slash: it is told from those that drivers give
  return driver && { driver, handle: `/${namespace}/${name}` };
}
