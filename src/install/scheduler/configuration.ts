import { stringify } from 'yaml';
import { ConfigMap } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import {
  apiVersion,
  defaultReaderAccount,
  kind,
  readConfiguration,
  type UseConfiguration,
} from '../../scheduler/index.js';
import { unlessGone } from '../gone.js';
import { schedulerConfiguration } from '../names.js';
import type { UseAccess } from '../part.js';

/** What an installation has unless another is given: the scheduler's own defaults. */
export const defaultSchedulerConfiguration = stringify({ apiVersion, kind, use: { source: 'metrics-api' } });

/**
 * Where a configuration has the use of nodes read.
 * @throws CodedError `INVALID_CONFIGURATION`
 */
export const useOf = (configuration: string, file: string = schedulerConfiguration.file): UseConfiguration =>
  readConfiguration(configuration, file).use;

/** What must be granted for that. Accounts and tokens that the configuration brings itself are left to whoever wrote it. */
export function accessOf(use: UseConfiguration): readonly UseAccess[] {
  if (use.source === 'metrics-api') return ['metrics-api'];
  if (use.source !== 'kubelet' || use.tokenFile !== undefined || use.serviceAccount !== defaultReaderAccount) return [];
  return use.disk === 'cadvisor' ? ['kubelet', 'kubelet-disk'] : ['kubelet'];
}

/** The configuration that an installation has; nothing where there is none. */
export async function configurationThere(cluster: Cluster, namespace: string): Promise<string | undefined> {
  const { configMap: name, file } = schedulerConfiguration;
  const there = await unlessGone(cluster.get(ConfigMap, { namespace, name }));
  return there?.data?.[file];
}
