import { ConfigMap } from '../../api/kubernetes.js';
import { schedulerPorts } from '../../scheduler/index.js';
import { partOf, schedulerConfiguration, schedulerName, schedulerSelector } from '../names.js';
import { type Part, part } from '../part.js';
import { type Placement, workloadParts } from '../workload.js';

export interface SchedulerPlacement extends Placement {
  readonly replicas: number;
  /** A SchedulerConfiguration, in YAML. */
  readonly configuration: string;
}

/** The scheduler: its configuration, and two replicas, of which one works and the other takes over. */
export function schedulerParts({ configuration, ...placement }: SchedulerPlacement): readonly Part[] {
  const { namespace } = placement;
  const { configMap, file, folder } = schedulerConfiguration;
  return [
    part(
      ConfigMap,
      { metadata: { name: configMap, namespace, labels: partOf }, data: { [file]: configuration } },
      'scheduler',
    ),
    ...workloadParts({
      ...placement,
      name: schedulerName,
      selector: schedulerSelector,
      description: 'Penstock: without its scheduler no pod that names it gets a node.',
      args: ['scheduler', `--config=${folder}/${file}`, '--log-level=info'],
      ports: schedulerPorts,
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
      files: { configMap, mountPath: folder },
      feature: 'scheduler',
    }),
  ];
}
