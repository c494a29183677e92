import { Pod } from '../api/kubernetes.js';
import { createManager, type Manager, type ManagerOptions } from '../runtime/index.js';
import { Extender, followCluster, type Profile, SchedulerCache, trimmedPod } from '../scheduler/index.js';

/** Puts the scheduler extender together for a cluster and a clock. Call `manager.start`. */
export function createExtender(options: ManagerOptions & { readonly profiles: readonly Profile[] }): {
  readonly manager: Manager;
  readonly extender: Extender;
  readonly cache: SchedulerCache;
} {
  const manager = createManager({ component: 'penstock.dev/extender', ...options });
  const cache = new SchedulerCache();
  manager.trim(Pod, trimmedPod);
  manager.add(followCluster(cache, { name: 'extender' }));
  return { manager, cache, extender: new Extender(cache, options.profiles) };
}
