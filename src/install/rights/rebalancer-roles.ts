import { rebalancerReaderAccount } from '../../operator/index.js';
import { metricsApiPodRights, metricsApiRights } from '../../scheduler/index.js';
import { rebalancerMetricsRole, rebalancerName, rebalancerReaderDiskRole } from '../names.js';
import type { Part } from '../part.js';
import { programRoles } from './program-roles.js';
import { rebalancerHomeRights, rebalancerRights } from './rebalancer.js';

export const rebalancerRoles = (namespace: string): readonly Part[] =>
  programRoles(
    {
      name: rebalancerName,
      feature: 'rebalancer',
      everywhere: rebalancerRights,
      here: rebalancerHomeRights,
      metrics: { role: rebalancerMetricsRole, rights: [...metricsApiRights, ...metricsApiPodRights] },
      reader: rebalancerReaderAccount,
      diskRole: rebalancerReaderDiskRole,
    },
    namespace,
  );
