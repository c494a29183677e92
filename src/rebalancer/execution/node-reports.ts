import { z } from 'zod';
import { Node } from '../../api/kubernetes.js';
import { stoppable } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
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

/** What the rebalancer says of a node; `null`: nothing. */
interface Marks {
  readonly report: StoppableReport | null;
}

/** Writes it, with the taint that keeps pods away which fit elsewhere, and the label once the node can be stopped. Throws Conflict. */
export const writeReport = (
  cluster: Cluster,
  node: string,
  report: StoppableReport,
  signal: AbortSignal,
): Promise<void> => mark(cluster, node, { report }, signal);

/** The node is in use again. Throws Conflict. */
export const withdrawReport = (cluster: Cluster, node: string, signal: AbortSignal): Promise<void> =>
  mark(cluster, node, { report: null }, signal);

/** The list of taints can only be written as a whole, by any kind of patch: it is read first, and written if nobody else has since. */
async function mark(cluster: Cluster, name: string, { report: next }: Marks, signal: AbortSignal): Promise<void> {
  try {
    const { metadata, spec } = await cluster.get(Node, { name }, { signal });
    const others = spec?.taints?.filter(({ key }) => key !== stoppable.taint) ?? [];
    const own = { key: stoppable.taint, effect: 'PreferNoSchedule' } as const;
    const patch = mergePatch({
      metadata: {
        resourceVersion: metadata.resourceVersion,
        annotations: { [stoppable.condition]: next && JSON.stringify(next) },
        labels: { [stoppable.label]: next?.status === 'True' ? 'true' : null },
      },
      spec: { taints: next ? [...others, own] : others },
    });
    await cluster.patch(Node, { name }, patch, { signal });
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}
