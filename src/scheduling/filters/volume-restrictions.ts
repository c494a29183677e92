import { claimKeys, claimNames, claimsOf } from '../volumes/claims.js';
import type { PodShape, Volume } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Filter, nobody, podsWithout, type Refusal } from './filter.js';
import { remembered } from '../snapshot/remembered.js';

/** Disks that one node cannot give to two pods, and claims that only one pod may have. */
export const volumeRestrictions: Filter = {
  name: 'VolumeRestrictions',
  precondition: (pod, { volumes }) => {
    const missing = claimNames(pod).find((name) => !volumes.claim(pod.namespace, name));
    return missing === undefined ? undefined : `persistentvolumeclaim "${missing}" not found`;
  },
  concerns: (pod, nodes) => disksOf(pod).length > 0 || usedClaim(pod, nodes) !== undefined,
  apply: (pod, nodes, feasible) => {
    if (usedClaim(pod, nodes) !== undefined) feasible.fill(0);
    const disks = disksOf(pod);
    if (disks.length === 0) return;
    for (const { row, pods } of nodes.infos()) if (feasible[row] && conflict(disks, pods)) feasible[row] = 0;
  },
  explain: (pod, nodes, row, nominated = [], gone = nobody) => {
    const disk = conflict(disksOf(pod), [...podsWithout(nodes, row, gone), ...nominated]);
    if (disk)
      return refusal('node(s) had no available disk', `no pod of the node may have the disk of volume ${disk.name}`);
    const claim =
      gone.size > 0
        ? claimLeft(pod, nodes, nominated, gone)
        : (usedClaim(pod, nodes) ?? claimOf(pod, nodes, nominated));
    return claim === undefined
      ? undefined
      : refusal(
          'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
          `the pod that has claim ${claim} would have to go`,
        );
  },
};

const refusal = (reason: string, remedy: string): Refusal => ({
  filter: 'VolumeRestrictions',
  reasons: [reason],
  unresolvable: false,
  remedy,
});

/** Claims of the pod that no second pod may have. */
const exclusiveClaims = (pod: PodShape, { volumes }: Snapshot): readonly string[] =>
  claimsOf(pod, volumes)
    .filter(({ spec }) => spec?.accessModes?.includes('ReadWriteOncePod'))
    .map(({ metadata }) => metadata.name);

const usedClaims = remembered(
  (_pod, nodes) => new Set([...nodes.infos()].flatMap(({ pods }) => pods.flatMap(({ shape }) => claimKeys(shape)))),
);

/** One that a pod on any node has. */
function usedClaim(pod: PodShape, nodes: Snapshot): string | undefined {
  const names = pod.volumes.length === 0 ? [] : exclusiveClaims(pod, nodes);
  return names.length === 0 ? undefined : names.find((name) => usedClaims(pod, nodes).has(`${pod.namespace}/${name}`));
}

/** One that one of these pods has. Its namespace is not compared: kube-scheduler does not either. */
function claimOf(pod: PodShape, nodes: Snapshot, pods: readonly PodInfo[]): string | undefined {
  if (pods.length === 0) return undefined;
  const used = new Set(pods.flatMap(({ shape }) => claimNames(shape)));
  return exclusiveClaims(pod, nodes).find((name) => used.has(name));
}

/** One that is still in use: kube-scheduler counts how many are, one for each use that comes and less one for each that goes. */
function claimLeft(
  pod: PodShape,
  nodes: Snapshot,
  nominated: readonly PodInfo[],
  gone: ReadonlySet<PodInfo>,
): string | undefined {
  const claims = new Set(pod.volumes.length === 0 ? [] : exclusiveClaims(pod, nodes));
  if (claims.size === 0) return undefined;
  const used = usedClaims(pod, nodes);
  const usesBy = (pods: Iterable<PodInfo>): number =>
    [...pods].flatMap(({ shape }) => claimNames(shape)).filter((name) => claims.has(name)).length;
  const usedNow = [...claims].filter((name) => used.has(`${pod.namespace}/${name}`)).length;
  return usedNow + usesBy(nominated) - usesBy(gone) > 0 ? [...claims].join(' or ') : undefined;
}

const disksOf = ({ volumes }: PodShape): readonly Volume[] =>
  volumes.filter(
    ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }) =>
      gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi,
  );

const conflict = (disks: readonly Volume[], pods: readonly PodInfo[]): Volume | undefined =>
  disks.find((disk) => pods.some(({ shape }) => shape.volumes.some((other) => areSame(disk, other))));

/** The same disk, unless both only read it. An EBS volume is never shared. */
function areSame(a: Volume, b: Volume): boolean {
  const [gce, otherGce] = [a.gcePersistentDisk, b.gcePersistentDisk];
  if (gce && otherGce && gce.pdName === otherGce.pdName && !(gce.readOnly && otherGce.readOnly)) return true;
  const [ebs, otherEbs] = [a.awsElasticBlockStore, b.awsElasticBlockStore];
  if (ebs && otherEbs && ebs.volumeID === otherEbs.volumeID) return true;
  const [iscsi, otherIscsi] = [a.iscsi, b.iscsi];
  if (iscsi && otherIscsi && iscsi.iqn === otherIscsi.iqn && !(iscsi.readOnly && otherIscsi.readOnly)) return true;
  const [rbd, other] = [a.rbd, b.rbd];
  return (
    rbd !== undefined &&
    other !== undefined &&
    rbd.monitors.some((monitor) => other.monitors.includes(monitor)) &&
    (rbd.pool ?? defaultPool) === (other.pool ?? defaultPool) &&
    rbd.image === other.image &&
    !(rbd.readOnly && other.readOnly)
  );
}

/** What the API server fills in. */
const defaultPool = 'rbd';
