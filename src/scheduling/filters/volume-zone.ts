import { boundVolumes, claimNames, claimsOf, isInZone, zonesOf } from '../volumes/claims.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Filter } from './filter.js';

/** A node must be in the zone and the region that the labels of its pod's volumes name. */
export const volumeZone: Filter = {
  name: 'VolumeZone',
  precondition: (pod, { volumes }) => {
    const missing = claimsOf(pod, volumes).find(({ spec }) => spec?.volumeName && !volumes.volume(spec.volumeName));
    return missing && `persistentvolume "${missing.spec?.volumeName}" not found`;
  },
  concerns: (pod, nodes) => claimNames(pod).length > 0 && zones(pod, nodes).length > 0,
  apply: (pod, nodes, feasible) => {
    const wanted = zones(pod, nodes);
    for (const { row, node } of nodes.infos())
      if (feasible[row] && !wanted.every((zone) => isInZone(zone, node.metadata.labels))) feasible[row] = 0;
  },
  explain: (pod, nodes, row) => {
    const node = nodes.info(row)?.node;
    const missed = node && zones(pod, nodes).find((zone) => !isInZone(zone, node.metadata.labels));
    return (
      missed && {
        filter: 'VolumeZone',
        reasons: ['node(s) had no available volume zone'],
        unresolvable: true,
        remedy: `the node would have to be in ${missed.key} ${missed.values.join(' or ')}`,
      }
    );
  },
};

const zones = (pod: PodShape, { volumes }: Snapshot) => boundVolumes(pod, volumes).flatMap(zonesOf);
