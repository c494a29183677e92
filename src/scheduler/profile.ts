import type { Pod } from '../api/kubernetes.js';
import type { BatchPolicy, PodShape, ScorePolicy } from '../scheduling/index.js';
import type { PreemptionSettings } from './preemption/evaluator.js';

/** How the pods of one scheduler name are placed. */
export interface Profile {
  /** `spec.schedulerName` of its pods. */
  readonly schedulerName: string;
  /** For pods one at a time: services, and whatever a batch policy cannot place. */
  readonly policy: ScorePolicy;
  /** For pods that run to completion, all that wait at once; absent: `policy` places them too. */
  readonly batchPolicy?: BatchPolicy;
  /** How they have pods of a lower priority make room for them; absent: they wait. */
  readonly preemption?: PreemptionSettings;
}

/** Whether its policy spreads pods that state no constraint, by the services and workloads that select them. */
export const spreadsByDefault = ({ policy }: Profile): boolean => policy.name === 'kube-default';

/** Whether a pod's work ends by itself: what a Job makes, and what restarts only when it fails. */
export const runsToCompletion = (pod: Pod): boolean => (pod.spec?.restartPolicy ?? 'Always') !== 'Always';

/** Whether other pods decide where it may be: batch policies count resources only, and leave such pods to the other policy. */
export const dependsOnPods = ({ podAffinity, podAntiAffinity, spread, hostPorts }: PodShape): boolean =>
  [podAffinity, podAntiAffinity].some(({ required }) => required.length > 0) || spread.length + hostPorts.length > 0;
