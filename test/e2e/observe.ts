/** What can be seen of a container: from the API, and from within. */
import { ownFiles } from '../../src/api/configuration.js';
import type { Pod } from '../../src/api/kubernetes.js';
import type { Place } from './place.js';

export interface Identity {
  /** The container's id in the runtime, without its scheme. */
  readonly id: string;
  readonly startedAt: string;
  readonly restarts: number;
}

/** What delivery must not change of a pod's first container. */
export function identityOf({ status }: Pod): Identity {
  const [first] = status?.containerStatuses ?? [];
  return {
    id: first?.containerID?.replace(/^.*:\/\//, '') ?? '',
    startedAt: first?.state?.running?.startedAt ?? '',
    restarts: first?.restartCount ?? 0,
  };
}

export interface Inside {
  readonly env: Readonly<Record<string, string>>;
  readonly item: string;
  readonly index: number;
  readonly files: Readonly<Record<string, string>>;
  /** Read from the cgroup: cores and bytes; Infinity where there is none. */
  readonly limits: { readonly cpu: number; readonly memory: number };
}

/** Execs of the kubelet that run at once: more are no faster. */
const atOnce = 6;

/** Looks into each container, from within: its configuration files, the named files, its cgroup's limits. */
export async function inside(place: Place, pods: readonly Pod[], files: readonly string[]): Promise<readonly Inside[]> {
  const seen: Inside[] = [];
  for (let start = 0; start < pods.length; start += atOnce) {
    const some = pods.slice(start, start + atOnce);
    seen.push(...(await Promise.all(some.map(async (pod) => read(await place.inContainer(pod, look(files)), files)))));
  }
  return seen;
}

const folder = '/etc/penstock';
const own = [ownFiles.env, ownFiles.item, ownFiles.index] as const;
/** Between two files: a line that no configuration of ours holds. */
const mark = '--8<--';

/** cgroup v2 has one hierarchy, v1 one for each controller; a quota of -1 or `max` is none. */
const cpuLimit =
  'if [ -e /sys/fs/cgroup/cpu.max ]; then cat /sys/fs/cgroup/cpu.max; ' +
  'else echo $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us) $(cat /sys/fs/cgroup/cpu/cpu.cfs_period_us); fi';
const memoryLimit = 'cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes';

/** The shell line that prints it all. The kubelet fills the files soon after delivery: waits for them, not for ever. */
function look(files: readonly string[]): string {
  const wait = `i=0; until [ -s ${folder}/${ownFiles.index} ] || [ $i -ge 600 ]; do i=$((i+1)); sleep 0.1; done`;
  const parts = [...own, ...files].map((file) => `cat ${folder}/${file}`);
  return [wait, ...[...parts, cpuLimit, memoryLimit].map((part) => `${part}; echo; echo '${mark}'`)].join('; ');
}

function read(text: string, files: readonly string[]): Inside {
  const parts = text.split(`\n${mark}\n`);
  const [env = '', item = '', index = ''] = parts;
  const [cpu = '', memory = ''] = parts.slice(own.length + files.length);
  const [quota, period] = cpu.trim().split(' ');
  return {
    env: JSON.parse(env || '{}') as Record<string, string>,
    item,
    index: Number(index),
    files: Object.fromEntries(files.map((file, at) => [file, parts[own.length + at] ?? ''])),
    limits: { cpu: limit(quota) / Number(period), memory: limit(memory.trim()) },
  };
}

/** v1 says "no limit" as -1, or of memory as the greatest multiple of a page. */
const limit = (text = 'max') =>
  text === 'max' || Number(text) < 0 || Number(text) > 2 ** 60 ? Infinity : Number(text);
