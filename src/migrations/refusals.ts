/** Which workloads containers cannot come from or go to at all, and why. Pure. */
import type { Workload } from '../api/container-migration.js';

type Kind = Workload['kind'];

const reasons: Readonly<Partial<Record<Kind, { readonly from: string; readonly to: string }>>> = {
  StatefulSet: {
    from: 'a StatefulSet knows its pods by their names and gives each its volumes: it would make one of the same name at once, while that volume is still in use',
    to: 'a StatefulSet takes only pods that are called by its name and an ordinal, with the volumes of that ordinal, and a pod cannot be renamed',
  },
  DaemonSet: {
    from: 'a DaemonSet has one pod for each node, and would start another one beside the one that left, on the same node',
    to: 'a DaemonSet has one pod for each node, bound to it by an affinity that only its controller sets and that cannot be given to a running pod',
  },
  Job: {
    from: 'a Job counts its pods to the end by finalizers and an index that only it may take away: one that left would count as failed',
    to: 'a Job counts pods from their creation, by a finalizer and a label of its own, and starts those that it needs itself: one that came would be deleted as too many',
  },
};

/** Why containers of this kind cannot be moved; `undefined`: they can. */
export function refusalOf({ from, to }: { readonly from: Workload; readonly to: Workload }): string | undefined {
  const [away, in_] = [reasons[from.kind]?.from, reasons[to.kind]?.to];
  if (away !== undefined) return `containers of a ${from.kind} cannot be moved: ${away}`;
  if (in_ !== undefined) return `containers cannot be moved to a ${to.kind}: ${in_}`;
  return undefined;
}
