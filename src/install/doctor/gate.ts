import type { Deployment, Pod } from '../../api/kubernetes.js';
import { controllerOf } from '../../api/meta/kind.js';
import { type Instant, instantOf, minute } from '../../support/time.js';
import { counted, type Finding, findingsOf, listed } from './finding.js';
import type { Leading } from './lease.js';
import { isSeen, seenOr, type Sight } from './sight.js';

export interface GateView {
  /** Whether the policy that gates pods, and its binding, are there. */
  readonly installed: Sight<boolean>;
  /** Pods that wait for the stock now. */
  readonly waiting: Sight<readonly Pod[]>;
  /** Those whose templates ask for the gate. */
  readonly gated: Sight<readonly Deployment[]>;
  readonly leading: Leading;
  readonly now: Instant;
}

/** An operator that works answers within moments. */
const longWait = minute;

/** Does somebody lift the gate for the pods that wait at it? */
export function examineGate({ installed, waiting, gated, leading, now }: GateView): readonly Finding[] {
  const { ok, unknown, warning, problem } = findingsOf('gate');
  const stuck = seenOr(waiting, []).filter(
    ({ metadata }) => leading === 'nobody' || now - (instantOf(metadata.creationTimestamp) ?? now) > longWait,
  );
  const findings: Finding[] = [];
  if (stuck.length > 0)
    findings.push(
      problem(
        `${counted(stuck.length, 'pod')} of ${listed(workloadsOf(stuck))} ${stuck.length === 1 ? 'waits' : 'wait'} at the gate, which only the operator lifts${leading === 'nobody' ? ', and no operator works' : ''}`,
        'let an operator run again; until then, kubectl delete mutatingadmissionpolicybinding penstock-stock-gate keeps new pods from being held, and deleting those that wait lets their Deployments start them cold',
      ),
    );
  const asking = seenOr(gated, []).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  if (!isSeen(installed)) return [...findings, unknown(installed.hidden)];
  if (!installed.seen) {
    return asking.length === 0
      ? findings
      : [
          ...findings,
          warning(
            `the templates of ${listed(asking)} ask for the gate, which is not installed: their replicas start cold beside those from stock, and are thrown away`,
            'run: penstock install --with gate, or take the annotation penstock.dev/gate away',
          ),
        ];
  }
  if (findings.length > 0) return findings;
  if (leading === 'nobody' && asking.length > 0)
    return [problem(`new replicas of ${listed(asking)} will wait at the gate: no operator works`, 'let one run again')];
  if (!isSeen(waiting)) return [unknown(waiting.hidden)];
  return [ok('no pod waits at the gate for long')];
}

/** What made the pods: `namespace/web` of its ReplicaSets. */
function workloadsOf(pods: readonly Pod[]): readonly string[] {
  const names = pods.map((pod) => {
    const { namespace, name } = pod.metadata;
    const hash = pod.metadata.labels?.['pod-template-hash'];
    const owner = controllerOf(pod)?.name ?? name;
    return `${namespace}/${hash !== undefined && owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner}`;
  });
  return [...new Set(names)];
}
