import type { Pod } from '../../api/kubernetes.js';
import { hash32 } from '../../support/digest.js';
import type { Random } from '../../support/random.js';
import { type Duration, type Instant, second } from '../../support/time.js';
import { podRequests } from '../../scheduling/resources/pod-requests.js';
import { simulation } from './faults.js';

/** What a pod or a node uses: thousandths of a core, bytes, bytes per second. */
export interface Use {
  readonly cpu: number;
  readonly memory: number;
  readonly network: number;
  readonly disk: number;
}

/** How much a running pod uses at an instant. Pure: the same answer whenever it is asked. */
export type UsageModel = (pod: Pod, at: Instant) => Use;

export const nothingUsed: Use = { cpu: 0, memory: 0, network: 0, disk: 0 };

/** Use changes in steps of that length, as a metrics pipeline would see it. */
const window: Duration = 15 * second;

/**
 * A share of what the pod requests (annotation `sim.penstock.dev/use`, 0.5 when absent), cpu and traffic with noise that
 * changes every 15 s, memory with little. Traffic is 1 MB/s each way per core used, disk half of that.
 */
export function shareOfRequests(random: Random): UsageModel {
  return (pod, at) => {
    const share = Number(pod.metadata.annotations?.[simulation.use] ?? 0.5) || 0;
    const requests = podRequests(pod.spec ?? { containers: [] });
    const noise = random.split(`${pod.metadata.uid}/${hash32(String(Math.floor(at / window)))}`);
    const cpu = (requests.cpu ?? 0) * share * (0.8 + 0.4 * noise.uniform());
    const memory = (requests.memory ?? 0) * share * (0.97 + 0.06 * noise.uniform());
    return { cpu, memory: Math.round(memory), network: Math.round(cpu * 1000), disk: Math.round(cpu * 500) };
  };
}

export function addUse(a: Use, b: Use): Use {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory, network: a.network + b.network, disk: a.disk + b.disk };
}
