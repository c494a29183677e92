import { type Profiler, Session } from 'node:inspector/promises';

/** Milliseconds of processor time by whom they were spent for: those of the process, shared out as the samples are. */
export interface CpuShares {
  readonly operator: number;
  /** The embedded cluster: its store, its controllers, its simulated nodes. */
  readonly cluster: number;
  /** What no stack tells of: the garbage collector, the runtime itself. */
  readonly other: number;
}

/** Rooms of the operator; what stands further to the left (`support`, `api`, `scheduling`) works for whoever calls it. */
const operatorRooms = /\/(src|dist)\/(claims|pools|line|deployments|migrations|operator|runtime)\//;
/** The embedded cluster's scheduler is that of `scheduler/`. */
const clusterRooms = /\/(src|dist)\/(embedded|scheduler)\//;

/** Runs `work` under the sampling profiler, once a millisecond. */
export async function profiled(work: () => Promise<unknown>): Promise<CpuShares> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 1000 });
    await session.post('Profiler.start');
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    const { profile } = await session.post('Profiler.stop');
    return scaled(sharesOf(profile), (user + system) / 1000);
  } finally {
    session.disconnect();
  }
}

/** Samples are of wall time: where others use the machine, too, they say how the time is shared, not how long it was. */
function scaled({ operator, cluster, other }: CpuShares, whole: number): CpuShares {
  const by = whole / (operator + cluster + other);
  return { operator: operator * by, cluster: cluster * by, other: other * by };
}

/**
 * Each sample counts for the room that is nearest to its top: a store that works for a call of the operator is the cluster's.
 * Informers and controllers (`runtime`) serve both: a sample of them counts for whoever stands below them on the stack, for the
 * operator where nobody does; in that the operator's share is stated too high rather than too low.
 */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): CpuShares {
  const shares = { operator: 0, cluster: 0, other: 0 };
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, keyof CpuShares | 'idle'>();
  const ownerOf = (id: number): keyof CpuShares | 'idle' => {
    const known = owners.get(id);
    if (known) return known;
    const {
      callFrame: { functionName, url },
    } = byId.get(id) ?? { callFrame: { functionName: '', url: '' } };
    const parent = parents.get(id);
    const owner =
      functionName === '(idle)'
        ? 'idle'
        : clusterRooms.test(url)
          ? 'cluster'
          : operatorRooms.test(url)
            ? 'operator'
            : parent === undefined
              ? 'other'
              : ownerOf(parent);
    owners.set(id, owner);
    return owner;
  };
  for (const [at, id] of samples.entries()) {
    const owner = ownerOf(id);
    if (owner !== 'idle') shares[owner] += (timeDeltas[at] ?? 0) / 1000;
  }
  return shares;
}
