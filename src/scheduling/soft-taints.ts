import type { PodShape } from './pod-shape.js';
import { RowValues } from './snapshot/row-values.js';
import type { Snapshot } from './snapshot/snapshot.js';
import { tolerates } from './taints.js';

const counts = new RowValues();

/** How many taints of each node say `PreferNoSchedule` that the pod does not tolerate. `filled`: nodes with any. */
export const softTaintsOf = (
  pod: PodShape,
  nodes: Snapshot,
): { readonly rows: Float64Array; readonly filled: number } =>
  counts.of(
    nodes,
    pod.nodeKey,
    ({ spec }) =>
      spec?.taints?.filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.tolerations, taint))
        .length ?? 0,
  );
