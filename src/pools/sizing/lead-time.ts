/** How long a refill takes, read from the containers in stock: they are the record of it. */
import type { Pod } from '../../api/kubernetes.js';
import { annotations } from '../../api/names.js';
import { isReady, isReadyStock } from '../../line/index.js';
import { type Duration, type Instant, instantOf, minute, second } from '../../support/time.js';

/** Nearly all refills are done in this time; the few that take longer must not size the stock. */
const share = 0.9;
/** Until one container has become ready. */
export const presumedLead: Duration = minute;

/**
 * From creation until ready, of the containers in stock that have not restarted: the time within which nine of ten were
 * ready, at least a second, as timestamps have no more; `undefined` while none is ready.
 */
export function measureLead(pods: Iterable<Pod>): Duration | undefined {
  const took: Duration[] = [];
  for (const pod of pods) {
    const created = instantOf(pod.metadata.creationTimestamp);
    const ready = readySince(pod);
    if (created !== undefined && ready !== undefined && ready >= created) took.push(ready - created);
  }
  took.sort((a, b) => a - b);
  const lead = took[Math.max(0, Math.ceil(share * took.length) - 1)];
  return lead === undefined ? undefined : Math.max(second, lead);
}

/** Small changes of a measure are noise: with each the stock would change, and its status be written. */
export function steadyLead(measured: Duration | undefined, before: Duration | undefined): Duration {
  if (measured === undefined) return before ?? presumedLead;
  if (before === undefined) return measured;
  return Math.abs(measured - before) <= Math.max(2 * second, 0.2 * before) ? before : measured;
}

/** A latched container can be delivered when it runs; whether it is ready shows only later, or never. */
function readySince(pod: Pod): Instant | undefined {
  const statuses = pod.status?.containerStatuses ?? [];
  if (!isReadyStock(pod) || statuses.some(({ restartCount }) => restartCount > 0)) return undefined;
  const stocked = instantOf(pod.metadata.annotations?.[annotations.stockedAt]);
  if (stocked !== undefined) return stocked;
  if (isReady(pod)) {
    return instantOf(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime);
  }
  const starts = statuses.map(({ state }) => instantOf(state?.running?.startedAt)).filter((at) => at !== undefined);
  return starts.length === 0 ? undefined : Math.max(...starts);
}
