import type { PodSpec } from '../../../src/api/kubernetes.js';
import type {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  VolumeAttachment,
} from '../../../src/api/storage.js';
import type { Draw } from './draw.js';
import { metadataOf } from './metadata.js';
import { drivers, hostnameKey, images, namespaceNames, nodeName, zoneKey, zones } from './words.js';

type Volumes = NonNullable<PodSpec['volumes']>;

export interface Storage {
  readonly pvs: readonly PersistentVolume[];
  readonly pvcs: readonly PersistentVolumeClaim[];
  readonly csiNodes: readonly CSINode[];
  readonly csiDrivers: readonly CSIDriver[];
  readonly volumeAttachments: readonly VolumeAttachment[];
}

/** Claims by the same names in all namespaces, nearly all of them bound to a volume of their own. */
export function makeStorage(draw: Draw, nodes: readonly string[]): Storage {
  const trouble = draw.chance(0.2) ? 0.15 : 0;
  const pairs = namespaceNames.flatMap((namespace) =>
    claimNames.map((name) => ({ volume: makeVolume(draw, `pv-${namespace}-${name}`), claim: { namespace, name } })),
  );
  return {
    pvs: pairs.filter(() => !draw.chance(trouble / 2)).map(({ volume }) => volume),
    pvcs: pairs
      .filter(() => !draw.chance(trouble / 2))
      .map(({ volume, claim }) => makeClaim(draw, claim, volume, trouble)),
    csiNodes: draw.some(nodes, 0.8).map((name) => makeCsiNode(draw, name)),
    csiDrivers: draw.some(drivers, 0.5).map((name) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: metadataOf(name),
      spec: { ...draw.field(0.4, 'preventPodSchedulingIfMissing', () => true) },
    })),
    volumeAttachments: draw.some(pairs, 0.2).map(({ volume }) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: metadataOf(`attached-${volume.metadata.name}`),
      spec: {
        attacher: volume.spec?.csi?.driver ?? 'csi.one',
        nodeName: draw.pick(nodes),
        source: { persistentVolumeName: volume.metadata.name },
      },
    })),
  };
}

const claimNames = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const;

function makeVolume(draw: Draw, name: string): PersistentVolume {
  const labels = {
    ...(draw.chance(0.3) ? { [zoneKey]: draw.pick(['z1', 'z2', 'z1__z3', 'z1__']) } : {}),
    ...(draw.chance(0.1) ? { 'failure-domain.beta.kubernetes.io/zone': draw.pick(zones) } : {}),
    ...(draw.chance(0.1) ? { 'topology.kubernetes.io/region': 'north' } : {}),
  };
  const csi = { driver: draw.pick(drivers), volumeHandle: draw.chance(0.1) ? 'shared' : name };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: metadataOf(name, { labels }),
    spec: {
      capacity: { storage: '1Gi' },
      ...(draw.chance(0.7) ? { csi } : { nfs: { path: '/', server: 'nfs' } }),
      ...draw.field(0.3, 'nodeAffinity', () => ({
        required: { nodeSelectorTerms: draw.list(1, 2, () => ({ matchExpressions: [reach(draw)] })) },
      })),
    },
  };
}

const reach = (draw: Draw) =>
  draw.chance(0.5)
    ? { key: zoneKey, operator: 'In', values: draw.some([...zones, 'z9'], 0.6) }
    : { key: hostnameKey, operator: draw.pick(['In', 'NotIn']), values: [nodeName(draw.integer(0, 4))] };

function makeClaim(
  draw: Draw,
  { namespace, name }: { namespace: string; name: string },
  volume: PersistentVolume,
  trouble: number,
): PersistentVolumeClaim {
  const unbound = draw.chance(trouble);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(name, {
      namespace,
      ...(unbound && draw.chance(0.5) ? {} : { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }),
      ...draw.field(trouble, 'deletionTimestamp', () => '2026-01-02T00:00:00Z'),
    }),
    spec: {
      accessModes: [draw.pick(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'])],
      ...(unbound && draw.chance(0.5) ? {} : { volumeName: volume.metadata.name }),
      ...draw.field(0.5, 'storageClassName', () => draw.pick(['immediate', 'absent', ''])),
    },
    status: { phase: draw.chance(trouble) ? 'Lost' : 'Bound' },
  };
}

const makeCsiNode = (draw: Draw, name: string): CSINode => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: metadataOf(name),
  spec: {
    drivers: draw.some(drivers, 0.8).map((driver) => ({
      name: driver,
      nodeID: name,
      ...draw.field(0.7, 'allocatable', () => ({ ...draw.field(0.9, 'count', () => draw.pick([0, 1, 1, 2])) })),
    })),
  },
});

/** Volumes of a pod: claims, and disks that a node cannot give twice. */
export const makeVolumes = (draw: Draw): Volumes =>
  draw.list(1, 2, (index) => ({ name: `v${index}`, ...makeSource(draw) }));

function makeSource(draw: Draw): Omit<Volumes[number], 'name'> {
  const readOnly = draw.field(0.5, 'readOnly', () => true);
  switch (draw.integer(0, 7)) {
    case 0:
      return { gcePersistentDisk: { pdName: draw.pick(['d1', 'd2']), ...readOnly } };
    case 1:
      return {
        rbd: { monitors: draw.some(['m1', 'm2'], 0.8), image: 'i', pool: draw.pick(['rbd', 'p']), ...readOnly },
      };
    case 2:
      return { iscsi: { iqn: draw.pick(['q1', 'q2']), lun: 0, targetPortal: 't', ...readOnly } };
    case 3:
      return { emptyDir: {} };
    case 4:
      return { image: { reference: draw.pick(images) } };
    default:
      return { persistentVolumeClaim: { claimName: draw.pick(claimNames) } };
  }
}
