/** What a snapshot holds, in figures. */
import { podShape } from '../../scheduling/index.js';
import type { Pod } from '../../api/kubernetes.js';
import { amountsOf, type Quantities } from '../../scheduling/resources/amounts.js';
import type { SnapshotFile } from './snapshot-file.js';
import type { Header, SnapshotEnd, SnapshotObject } from './record.js';

export interface ResourceSummary {
  /** cpu in thousandths of a core, the rest in the units of the resource. */
  readonly allocatable: number;
  readonly requested: number;
  /** Absent: nothing was measured. */
  readonly used?: number;
}

export interface SnapshotSummary {
  readonly header: Header;
  readonly end: SnapshotEnd;
  readonly pods: { readonly onNodes: number; readonly waiting: number; readonly ended: number };
  readonly resources: Readonly<Record<string, ResourceSummary>>;
  /** How long it was watched, and what came of it. */
  readonly course: { readonly milliseconds: number; readonly added: number; readonly deleted: number };
}

const shown = ['cpu', 'memory', 'nvidia.com/gpu'] as const;

/** @throws CodedError as `openSnapshot` */
export async function summarize({ header, lines }: SnapshotFile): Promise<SnapshotSummary> {
  const totals = new Map(shown.map((name) => [name as string, { allocatable: 0, requested: 0 }]));
  const used: Record<string, number> = {};
  const measured = new Set<string>();
  const pods = { onNodes: 0, waiting: 0, ended: 0 };
  const course = { milliseconds: 0, added: 0, deleted: 0 };
  let end: SnapshotEnd | undefined;
  for await (const one of lines) {
    if ('object' in one) countObject(one.object, totals, pods);
    // the first reading of each node: what was used when the rest was read
    else if ('use' in one && !measured.has(one.use.node)) {
      measured.add(one.use.node);
      for (const [name, amount] of Object.entries(one.use.mean)) used[name] = (used[name] ?? 0) + amount;
    } else if ('event' in one) {
      if (one.event.type === 'ADDED') course.added++;
      if (one.event.type === 'DELETED') course.deleted++;
    } else if ('end' in one) ({ end } = one);
  }
  if (!end) throw new Error('the lines of a snapshot end with the end');
  course.milliseconds = end.at - header.takenAt;
  const resources = [...totals].flatMap(([name, total]): [string, ResourceSummary][] => {
    const amount = used[name];
    return total.allocatable === 0 ? [] : [[name, { ...total, ...(amount !== undefined && { used: amount }) }]];
  });
  return { header, end, pods, course, resources: Object.fromEntries(resources) };
}

function countObject(
  object: SnapshotObject,
  totals: ReadonlyMap<string, { allocatable: number; requested: number }>,
  pods: { onNodes: number; waiting: number; ended: number },
): void {
  if (object.kind === 'Node') {
    const { allocatable } = (object['status'] ?? {}) as { readonly allocatable?: Quantities };
    const amounts = amountsOf(allocatable);
    for (const [name, total] of totals) total.allocatable += amounts[name] ?? 0;
  }
  if (object.kind !== 'Pod') return;
  const pod = object as unknown as Pod;
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') pods.ended++;
  else if (pod.spec?.nodeName === undefined) pods.waiting++;
  else {
    pods.onNodes++;
    const { requests } = podShape(pod);
    for (const [name, total] of totals) total.requested += requests[name] ?? 0;
  }
}
