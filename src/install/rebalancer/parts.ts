import { ConfigMap } from '../../api/kubernetes.js';
import { rebalancerPorts } from '../../rebalancer/index.js';
import { partOf, rebalancerConfiguration, rebalancerName, rebalancerSelector } from '../names.js';
import { type Part, part } from '../part.js';
import { type Placement, workloadParts } from '../workload.js';

export interface RebalancerPlacement extends Placement {
  readonly replicas: number;
  /** A RebalancerConfiguration, in YAML. */
  readonly configuration: string;
}

/** The rebalancer: its configuration, and two replicas, of which one works and the other takes over. */
export function rebalancerParts({ configuration, ...placement }: RebalancerPlacement): readonly Part[] {
  const { namespace } = placement;
  const { configMap, file, folder } = rebalancerConfiguration;
  return [
    part(
      ConfigMap,
      { metadata: { name: configMap, namespace, labels: partOf }, data: { [file]: configuration } },
      'rebalancer',
    ),
    ...workloadParts({
      ...placement,
      name: rebalancerName,
      selector: rebalancerSelector,
      description: 'Penstock: without its rebalancer hot nodes stay hot, and light ones are not emptied.',
      args: ['rebalance', `--config=${folder}/${file}`, '--log-level=info'],
      ports: rebalancerPorts,
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
      files: { configMap, mountPath: folder },
      feature: 'rebalancer',
    }),
  ];
}
