import type { ContainerPool } from '../../api/container-pool.js';
import type { Deployment } from '../../api/kubernetes.js';
import { optIn } from '../../api/names.js';
import { disagreement } from '../../line/index.js';
import { counted, type Finding, findingsOf } from './finding.js';
import { isSeen, type Sight } from './sight.js';

export interface DeploymentsView {
  readonly deployments: Sight<readonly Deployment[]>;
  readonly pools: Sight<readonly ContainerPool[]>;
}

/** Do Deployments that name a pool, and the pool, agree? (A pool that names one says so itself: it is degraded.) */
export function examineDeployments({ deployments, pools }: DeploymentsView): readonly Finding[] {
  const { ok, unknown, warning } = findingsOf('deployments');
  if (!isSeen(deployments)) return [unknown(deployments.hidden)];
  if (!isSeen(pools)) return [unknown(pools.hidden)];
  const taking = deployments.seen.filter(({ metadata }) => metadata.annotations?.[optIn.pool] !== undefined);
  const findings = taking.flatMap((deployment) => {
    const { namespace, name, annotations } = deployment.metadata;
    const named = annotations?.[optIn.pool];
    const pool = pools.seen.find(({ metadata }) => metadata.namespace === namespace && metadata.name === named);
    const at = `the Deployment ${namespace}/${name} starts cold`;
    if (!pool)
      return warning(
        `${at}: it names pool ${named}, which is not there`,
        `penstock pool create ${named} --from-deployment ${name} -n ${namespace}`,
      );
    const objection = disagreement(pool, deployment);
    return objection === undefined ? [] : warning(at, objection);
  });
  if (findings.length > 0) return findings;
  return taking.length === 0 ? [] : [ok(`${counted(taking.length, 'Deployment')} from stock`)];
}
