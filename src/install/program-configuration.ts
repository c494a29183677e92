import { ConfigMap } from '../api/kubernetes.js';
import type { Cluster } from '../cluster/cluster.js';
import type { UseConfiguration } from '../scheduler/index.js';
import { unlessGone } from './gone.js';
import type { UseAccess } from './part.js';

/** Where the configuration of a program stands. */
export interface ConfigurationPlace {
  readonly configMap: string;
  readonly file: string;
}

/** The configuration that an installation has; nothing where there is none. */
export async function configurationThere(
  cluster: Cluster,
  namespace: string,
  { configMap: name, file }: ConfigurationPlace,
): Promise<string | undefined> {
  const there = await unlessGone(cluster.get(ConfigMap, { namespace, name }));
  return there?.data?.[file];
}

/**
 * What must be granted for the use of nodes to be read. Accounts and tokens that the configuration brings itself are left to whoever wrote it.
 * @param reader the account of the installation as which kubelets are asked
 */
export function accessOf(use: UseConfiguration, reader: string): readonly UseAccess[] {
  if (use.source === 'metrics-api') return ['metrics-api'];
  if (use.source !== 'kubelet' || use.tokenFile !== undefined || use.serviceAccount !== reader) return [];
  return use.disk === 'cadvisor' ? ['kubelet', 'kubelet-disk'] : ['kubelet'];
}
