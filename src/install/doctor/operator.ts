import type { Deployment, Pod } from '../../api/kubernetes.js';
import { isOver, isTerminating, mainContainerName } from '../../line/index.js';
import { type Finding, findingsOf, listed } from './finding.js';
import type { Leading } from './lease.js';
import { examineReplicas } from './replicas.js';
import { isSeen, type Sight } from './sight.js';

export interface OperatorView {
  /** Where it should be. */
  readonly namespace: string;
  /** All Deployments of operators that there are; one is right. */
  readonly deployments: Sight<readonly Deployment[]>;
  /** Of the Deployment in `namespace`. */
  readonly pods: Sight<readonly Pod[]>;
  readonly leading: Leading;
  /** Of this program. */
  readonly version: string;
}

/** Does the operator run, and is there one only? */
export function examineOperator(view: OperatorView): readonly Finding[] {
  const { namespace, deployments, pods, leading, version } = view;
  const { unknown, warning, problem } = findingsOf('operator');
  if (!isSeen(deployments)) return [unknown(deployments.hidden)];
  const here = deployments.seen.find(({ metadata }) => metadata.namespace === namespace);
  if (!here) {
    return leading === 'somebody'
      ? [warning('an operator runs that no Deployment keeps', 'penstock install gives it one, with standby replicas')]
      : [problem(`no operator is installed in ${namespace}`, 'run: penstock install')];
  }
  const elsewhere = deployments.seen.filter((deployment) => deployment !== here);
  return [
    examineReplicas('operator', here, isSeen(pods) ? pods.seen : []),
    ...(elsewhere.length === 0
      ? []
      : [
          problem(
            `there is another operator in ${listed(elsewhere.map(({ metadata }) => metadata.namespace ?? ''))}: they do not know of each other, and work on the same pools`,
            'uninstall all but one',
          ),
        ]),
    ...examineVersions(here, isSeen(pods) ? pods.seen : [], version),
  ];
}

function examineVersions(deployment: Deployment, pods: readonly Pod[], version: string): readonly Finding[] {
  const { warning } = findingsOf('version');
  const findings: Finding[] = [];
  const installed = deployment.metadata.labels?.['app.kubernetes.io/version'];
  if (installed !== version)
    findings.push(
      warning(
        `the operator was installed as version ${installed ?? 'unknown'}, this program is ${version}`,
        `use a penstock of that version, or bring the installation up to this one: penstock install`,
      ),
    );
  const alive = pods.filter((pod) => !isTerminating(pod) && !isOver(pod));
  const main = mainContainerName(deployment.spec?.template ?? {});
  const containers = alive.flatMap(({ spec }) => spec?.containers.filter(({ name }) => name === main) ?? []);
  const images = [...new Set(containers.map(({ image }) => image))];
  if (images.length > 1)
    findings.push(
      warning(
        `operators of two builds run at once: ${images.join(' and ')}`,
        `wait for the roll-out, or see what holds it up: kubectl -n ${deployment.metadata.namespace} rollout status deployment/${deployment.metadata.name}`,
      ),
    );
  return findings;
}
