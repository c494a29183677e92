import type { Deployment, Pod } from '../../api/kubernetes.js';
import { CodedError } from '../../support/errors.js';
import { accessOf, useOf } from '../scheduler/configuration.js';
import type { UseAccess } from '../part.js';
import { type Finding, findingsOf } from './finding.js';
import { examineReplicas } from './replicas.js';
import { isSeen, seenOr, type Sight } from './sight.js';

export interface SchedulerView {
  /** The Deployment; `undefined` where the scheduler is not installed. */
  readonly deployment: Sight<Deployment | undefined>;
  readonly pods: Sight<readonly Pod[]>;
  /** That of the installation; `undefined` where it has none. */
  readonly configuration: Sight<string | undefined>;
}

/** Does the scheduler run, where it is installed, and with a configuration that it can read? */
export function examineScheduler({ deployment, pods, configuration }: SchedulerView): readonly Finding[] {
  const { unknown, problem } = findingsOf('scheduler');
  if (!isSeen(deployment)) return [unknown(deployment.hidden)];
  if (!deployment.seen) return [];
  const wrong = isSeen(configuration) ? objectionTo(configuration.seen) : undefined;
  return [
    examineReplicas('scheduler', deployment.seen, seenOr(pods, [])),
    ...(wrong === undefined
      ? []
      : [
          problem(
            `its configuration cannot be read: ${wrong}`,
            'run: penstock install --with scheduler --scheduler-config FILE',
          ),
        ]),
  ];
}

/** What its configuration asks for; nothing where that is not known. */
export function accessesOf(configuration: Sight<string | undefined>): readonly UseAccess[] {
  const text = seenOr(configuration, undefined);
  return text === undefined || objectionTo(text) !== undefined ? [] : accessOf(useOf(text));
}

function objectionTo(configuration: string | undefined): string | undefined {
  if (configuration === undefined) return 'it is not there';
  try {
    useOf(configuration);
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}
