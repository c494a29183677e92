import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../../api/kubernetes.js';
import { type JsonOperation, jsonPatch, type Patch } from '../../cluster/patch.js';
import type { Report } from './report.js';

/** The fields of a pod's status that a kubelet removes when it no longer says them. */
const removable = ['reason', 'message', 'podIP', 'podIPs'] as const;

/**
 * The patch of the status subresource from what a pod's status says to `report`; nothing when it says that already. It
 * tests the conditions that it was computed from: somebody else's condition that came in between is not lost.
 */
export function reportPatch(pod: Pod, report: Report): Patch | undefined {
  const status: Report = pod.status ?? {};
  const operations: JsonOperation[] = [];
  for (const [field, value] of Object.entries(report)) {
    const before = field in status ? status[field as keyof Report] : undefined;
    if (!isDeepStrictEqual(before, value)) operations.push({ op: 'add', path: `/status/${field}`, value });
  }
  for (const field of removable)
    if (status[field] !== undefined && report[field] === undefined)
      operations.push({ op: 'remove', path: `/status/${field}` });
  if (operations.length === 0) return undefined;

  const guards: JsonOperation[] = [{ op: 'test', path: '/metadata/uid', value: pod.metadata.uid }];
  if (!pod.status) guards.push({ op: 'add', path: '/status', value: {} });
  else if (status.conditions && operations.some(({ path }) => path === '/status/conditions'))
    guards.push({ op: 'test', path: '/status/conditions', value: status.conditions });
  return jsonPatch([...guards, ...operations]);
}
