import type { Place } from '../../test/e2e/place.js';
import { word } from './pool.js';

/**
 * When each of the selected pods said that it is at work (milliseconds since 1970), by the pod's name: from the time stamps
 * that the container runtime gives each line of a log. They are the node's: with a node on another machine its clock counts.
 */
export async function startTimes(place: Place, selector: string, count: number): Promise<ReadonlyMap<string, number>> {
  const logs = ['logs', '--selector', selector, '--timestamps', '--prefix', '--tail=-1'];
  const limit = `--max-log-requests=${count}`;
  return place.until(
    `${count} containers to be at work`,
    async () => timesOf(await place.kubectl(...logs, limit)),
    (times) => times.size === count,
  );
}

/** Lines such as `[pod/a-1/main] 2026-01-01T00:00:00.123456789Z at-work batch`. */
function timesOf(text: string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [, pod = '', at = ''] of text.matchAll(new RegExp(`^\\[pod/([^/]+)/\\S+ (\\S+) ${word}`, 'gm')))
    times.set(pod, Date.parse(at));
  return times;
}
