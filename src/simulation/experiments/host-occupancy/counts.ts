/** Hosts counted by how they are occupied. */
import type { Snapshot } from '../../../scheduling/snapshot/snapshot.js';

/** Of the mission's own choice, so that nobody tunes them: below the first a host is light, above the second high. */
export const lightBelow = 0.3;
export const highAbove = 0.8;

export interface Counts {
  /** Q < 0.3, and holding something. */
  readonly light: number;
  /** From 0.3 to 0.8. */
  readonly best: number;
  /** Q > 0.8 */
  readonly high: number;
  /** Holding nothing. */
  readonly stopped: number;
  /** Of the light ones, those whose machines all fit, by requests, on other hosts in use. */
  readonly migratable: number;
}

/** @param loads mean load of each host */
export function countsOf(nodes: Snapshot, loads: Float64Array): Counts {
  let [light, best, high, stopped, migratable] = [0, 0, 0, 0, 0];
  for (const { row, pods } of nodes.infos()) {
    const load = loads[row] ?? 0;
    if (pods.length === 0) stopped++;
    else if (load > highAbove) high++;
    else if (load >= lightBelow) best++;
    else {
      light++;
      if (isMigratable(nodes, row)) migratable++;
    }
  }
  return { light, best, high, stopped, migratable };
}

/** Whether what a host holds finds room elsewhere, the largest first, each on the first host in use that has room for it. */
function isMigratable(nodes: Snapshot, row: number): boolean {
  const columns = nodes.columns.filter(({ capacity }) => (capacity[row] ?? 0) > 0);
  const taken = new Map<number, Float64Array>();
  const hosts = [...nodes.infos()].filter((one) => one.row !== row && one.pods.length > 0);
  const machines = (nodes.info(row)?.pods ?? []).toSorted(
    (a, b) => (b.shape.requests.memory ?? 0) - (a.shape.requests.memory ?? 0),
  );
  return machines.every(({ shape: { requests } }) =>
    hosts.some((host) => {
      const own = taken.get(host.row) ?? new Float64Array(columns.length);
      const fits = columns.every(
        ({ name, capacity, requested }, index) =>
          (requested[host.row] ?? 0) + (own[index] ?? 0) + (requests[name] ?? 0) <= (capacity[host.row] ?? 0),
      );
      if (!fits) return false;
      for (const [index, { name }] of columns.entries()) own[index] = (own[index] ?? 0) + (requests[name] ?? 0);
      taken.set(host.row, own);
      return true;
    }),
  );
}
