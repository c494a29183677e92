import { defaultPorts } from '../runtime/index.js';
import { operatorName, operatorSelector } from './names.js';
import type { Part } from './part.js';
import { type Placement, workloadParts } from './workload.js';

export interface OperatorPlacement extends Placement {
  readonly replicas: number;
}

/** The operator itself: two replicas, of which one works and the other takes over. */
export const operatorParts = ({ namespace, image, replicas, version }: OperatorPlacement): readonly Part[] =>
  workloadParts({
    namespace,
    image,
    replicas,
    version,
    name: operatorName,
    selector: operatorSelector,
    description: 'Penstock: without its operator nothing is delivered.',
    args: ['run', '--log-level=info'],
    ports: defaultPorts,
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
  });
