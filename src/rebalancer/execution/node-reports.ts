import { z } from 'zod';
import { Node } from '../../api/kubernetes.js';
import { stoppable } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Conflict, NotFound } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import { type Instant, timestamp } from '../../support/time.js';

/** What a node says of whether it can be stopped. Shaped as a condition: it is an annotation, since the kubelet owns the status. */
const report = z.object({
  type: z.literal('Stoppable'),
  /** `True`: nothing runs there that would be missed. `False`: pods have still to leave it. */
  status: z.enum(['True', 'False']),
  reason: z.enum(['Empty', 'Emptying']),
  message: z.string(),
  lastTransitionTime: z.string(),
});

export type StoppableReport = z.output<typeof report>;

/** The report on a node; `undefined`: it is in use. */
export function reportOf({ metadata }: Pick<Node, 'metadata'>): StoppableReport | undefined {
  const text = metadata.annotations?.[stoppable.condition];
  if (text === undefined) return undefined;
  try {
    return report.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether anything of a report stands on a node, be it one that cannot be read. */
export const isMarked = ({ metadata, spec }: Node): boolean =>
  metadata.annotations?.[stoppable.condition] !== undefined ||
  metadata.labels?.[stoppable.label] !== undefined ||
  (spec?.taints?.some(({ key }) => key === stoppable.taint) ?? false);

/** What is to stand on a node. `leaving`: how many pods have still to leave it. */
export function nextReport(node: Pick<Node, 'metadata'>, leaving: number, now: Instant): StoppableReport {
  const before = reportOf(node);
  const status = leaving === 0 ? 'True' : 'False';
  return {
    type: 'Stoppable',
    status,
    reason: leaving === 0 ? 'Empty' : 'Emptying',
    message:
      leaving === 0
        ? 'nothing runs on this node that would be missed'
        : `${leaving} ${leaving === 1 ? 'pod has' : 'pods have'} still to leave it`,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
  };
}

/** Writes it, with the taint that keeps pods away which fit elsewhere, and the label once the node can be stopped. */
export const writeReport = (
  cluster: Cluster,
  node: string,
  next: StoppableReport,
  signal: AbortSignal,
): Promise<void> =>
  mark(
    cluster,
    node,
    {
      condition: JSON.stringify(next),
      label: next.status === 'True' ? 'true' : null,
      taints: [{ key: stoppable.taint, effect: 'PreferNoSchedule' }],
    },
    signal,
  );

/** The node is in use again. */
export const withdrawReport = (cluster: Cluster, node: string, signal: AbortSignal): Promise<void> =>
  mark(cluster, node, { condition: null, label: null, taints: [] }, signal);

interface Marks {
  readonly condition: string | null;
  readonly label: string | null;
  /** Of the rebalancer; those of others stay. */
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
}

const mostTries = 5;

/** Taints are one atomic list, which others write too: it is read before, and written only if the node is still as it was read. */
async function mark(cluster: Cluster, name: string, marks: Marks, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const { metadata, spec } = await cluster.get(Node, { name }, { signal });
      const others = spec?.taints?.filter(({ key }) => key !== stoppable.taint) ?? [];
      const patch = mergePatch({
        metadata: {
          resourceVersion: metadata.resourceVersion,
          annotations: { [stoppable.condition]: marks.condition },
          labels: { [stoppable.label]: marks.label },
        },
        spec: { taints: [...others, ...marks.taints] },
      });
      await cluster.patch(Node, { name }, patch, { signal });
      return;
    } catch (error) {
      if (error instanceof NotFound) return;
      if (!(error instanceof Conflict) || tries === mostTries) throw error;
    }
  }
}
