import { claimNames } from '../volumes/claims.js';
import { csiAttachments, csiVolumes, csiVolumesOf } from '../volumes/attached.js';
import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Filter, nobody, podsWithout, type Refusal } from './filter.js';

/** A node can have only so many volumes of a CSI driver. Volumes of kinds that drivers have taken over are not counted. */
export const nodeVolumeLimits: Filter = {
  name: 'NodeVolumeLimits',
  concerns: (pod) => claimNames(pod).length > 0,
  apply: (pod, nodes, feasible) => {
    for (let row = 0; row < nodes.rows; row++)
      if (feasible[row] && refusalOf(pod, nodes, row, noPods, nobody) !== undefined) feasible[row] = 0;
  },
  explain: (pod, nodes, row, nominated = noPods, gone = nobody) => refusalOf(pod, nodes, row, nominated, gone),
};

const noPods: readonly PodInfo[] = [];

function refusalOf(
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  nominated: readonly PodInfo[],
  gone: ReadonlySet<PodInfo>,
): Refusal | undefined {
  const { volumes } = nodes;
  const info = nodes.info(row);
  const wanted = csiVolumes(pod, volumes);
  if (!info || wanted.size === 0) return undefined;
  const drivers = volumes.csiNode(info.name)?.spec.drivers ?? [];
  for (const name of wanted.values())
    if (volumes.csiDriver(name)?.spec.preventPodSchedulingIfMissing && !drivers.some((driver) => driver.name === name))
      return refusal(
        `${name} CSI driver is not installed on the node`,
        `install CSI driver ${name} on node ${info.name}`,
      );
  const there = csiVolumesOf([...podsWithout(nodes, row, gone), ...nominated], volumes);
  const attached = new Map([...csiAttachments(info.name, volumes), ...there]);
  const added = [...wanted].filter(([volume]) => !there.has(volume));
  for (const { name, allocatable } of drivers) {
    const more = added.filter(([, driver]) => driver === name).length;
    const used = [...attached.values()].filter((driver) => driver === name).length;
    if (more > 0 && allocatable?.count !== undefined && used + more > allocatable.count)
      return refusal(
        'node(s) exceed max volume count',
        `node ${info.name} takes ${allocatable.count} volumes of ${name} and has ${used}`,
      );
  }
  return undefined;
}

const refusal = (reason: string, remedy: string): Refusal => ({
  filter: 'NodeVolumeLimits',
  reasons: [reason],
  unresolvable: false,
  remedy,
});
