import type { Node } from '../../api/kubernetes.js';
import { holds } from '../../api/meta/requirement.js';
import { boundVolumes, claimNames, claimsOf, isBound, waitsForConsumer } from '../volumes/claims.js';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/storage.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Filter } from './filter.js';

/** Claims must be bound, and their volumes must be within reach of the node. Claims that wait for a node: `unsupportedBy`. */
export const volumeBinding: Filter = {
  name: 'VolumeBinding',
  precondition: (pod, nodes) => {
    for (const name of claimNames(pod)) {
      const trouble = troubleOf(name, nodes.volumes.claim(pod.namespace, name));
      if (trouble !== undefined) return trouble;
    }
    const unbound = claimsOf(pod, nodes.volumes).some(
      (claim) => !isBound(claim) && (claim.spec?.volumeName || !waitsForConsumer(claim, nodes.volumes)),
    );
    return unbound ? 'pod has unbound immediate PersistentVolumeClaims' : undefined;
  },
  concerns: (pod) => claimNames(pod).length > 0,
  apply: (pod, nodes, feasible) => {
    const volumes = tiedVolumes(pod, nodes);
    if (volumes.length === 0) return;
    for (const { row, node } of nodes.infos())
      if (feasible[row] && !volumes.every((volume) => isWithinReach(volume, node))) feasible[row] = 0;
  },
  explain: (pod, nodes, row) => {
    const node = nodes.info(row)?.node;
    const far = node && tiedVolumes(pod, nodes).find((volume) => !isWithinReach(volume, node));
    return (
      far && {
        filter: 'VolumeBinding',
        reasons: ["node(s) didn't match PersistentVolume's node affinity"],
        unresolvable: true,
        remedy: `volume ${far.metadata.name} would have to be within reach of node ${node.metadata.name}`,
      }
    );
  },
};

function troubleOf(name: string, claim: PersistentVolumeClaim | undefined): string | undefined {
  if (!claim) return `persistentvolumeclaim "${name}" not found`;
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
  return claim.metadata.deletionTimestamp === undefined
    ? undefined
    : `persistentvolumeclaim "${name}" is being deleted`;
}

/** Volumes that are not within reach of all nodes. */
const tiedVolumes = (pod: PodShape, { volumes }: Snapshot): readonly PersistentVolume[] =>
  boundVolumes(pod, volumes).filter(({ spec }) => spec?.nodeAffinity?.required);

/** One of the terms must select the node, by labels: kube-scheduler passes over what a term says of names. */
function isWithinReach({ spec }: PersistentVolume, { metadata }: Node): boolean {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return terms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((expression) => holds(expression, metadata.labels?.[expression.key])),
  );
}
