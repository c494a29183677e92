/** The programs beside the operator that have a configuration: the scheduler and the rebalancer. */
import type { Deployment, Pod } from '../../api/kubernetes.js';
import { CodedError } from '../../support/errors.js';
import type { Program } from '../names.js';
import type { UseAccess } from '../part.js';
import { rebalancerAccess } from '../rebalancer/configuration.js';
import { schedulerAccess } from '../scheduler/configuration.js';
import { type Finding, findingsOf } from './finding.js';
import { examineReplicas } from './replicas.js';
import { isSeen, seenOr, type Sight } from './sight.js';

export type ConfiguredProgram = Exclude<Program, 'operator'>;

export interface ProgramView {
  readonly program: ConfiguredProgram;
  /** The Deployment; `undefined` where the program is not installed. */
  readonly deployment: Sight<Deployment | undefined>;
  readonly pods: Sight<readonly Pod[]>;
  /** That of the installation; `undefined` where it has none. */
  readonly configuration: Sight<string | undefined>;
}

const accesses: Readonly<Record<ConfiguredProgram, (configuration: string) => readonly UseAccess[]>> = {
  scheduler: schedulerAccess,
  rebalancer: rebalancerAccess,
};

/** Does it run, where it is installed, and with a configuration that it can read? */
export function examineProgram({ program, deployment, pods, configuration }: ProgramView): readonly Finding[] {
  const { unknown, problem } = findingsOf(program);
  if (!isSeen(deployment)) return [unknown(deployment.hidden)];
  if (!deployment.seen) return [];
  const wrong = isSeen(configuration) ? objectionTo(program, configuration.seen) : undefined;
  return [
    examineReplicas(program, deployment.seen, seenOr(pods, [])),
    ...(wrong === undefined
      ? []
      : [
          problem(
            `its configuration cannot be read: ${wrong}`,
            `run: penstock install --with ${program} --${program}-config FILE`,
          ),
        ]),
  ];
}

/** What its configuration asks for; nothing where that is not known. */
export function accessesOf({
  program,
  configuration,
}: Pick<ProgramView, 'program' | 'configuration'>): readonly UseAccess[] {
  const text = seenOr(configuration, undefined);
  return text === undefined || objectionTo(program, text) !== undefined ? [] : accesses[program](text);
}

function objectionTo(program: ConfiguredProgram, configuration: string | undefined): string | undefined {
  if (configuration === undefined) return 'it is not there';
  try {
    accesses[program](configuration);
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}
