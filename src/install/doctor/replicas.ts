import type { Deployment, Pod } from '../../api/kubernetes.js';
import { failureOf, isTerminating } from '../../line/index.js';
import type { Program } from '../names.js';
import { type Finding, findingsOf } from './finding.js';

/** Do as many replicas of a program of ours run as there should? @param pods those of its Deployment, as far as they may be seen */
export function examineReplicas(
  program: Program,
  { metadata, spec, status }: Deployment,
  pods: readonly Pod[],
): Finding {
  const { ok, warning, problem } = findingsOf(program);
  const wanted = spec?.replicas ?? 1;
  const available = status?.availableReplicas ?? 0;
  const at = `${metadata.namespace}/${metadata.name}`;
  if (wanted === 0)
    return problem(
      `the ${program} ${at} is scaled to no replicas`,
      `kubectl -n ${metadata.namespace} scale deployment ${metadata.name} --replicas=2`,
    );
  const cure = `kubectl -n ${metadata.namespace} describe pods -l app.kubernetes.io/component=${program}; kubectl -n ${metadata.namespace} logs deployment/${metadata.name}`;
  const why = status?.conditions?.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True')?.message;
  const troubles = pods.map(troubleOf).filter((trouble) => trouble !== undefined);
  const reason = [...new Set([...troubles, ...(why === undefined ? [] : [why])])].join('; ');
  const sentence = `${available} of ${wanted} replicas of the ${program} ${at} are available${reason === '' ? '' : `: ${reason}`}`;
  if (available === 0) return problem(sentence, cure);
  return available < wanted ? warning(sentence, cure) : ok(sentence);
}

/** Why a pod does not work, as far as it says so. */
function troubleOf(pod: Pod): string | undefined {
  if (isTerminating(pod)) return undefined;
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return failureOf(pod) ?? unscheduled?.message;
}
