/** One cell of the matrix: whether containers can go from one kind of workload to another, by the product's own verdict. */
import { type Workload, workloadKinds } from '../../../api/container-migration.js';
import { Invalid } from '../../../cluster/errors.js';
import type { Clock } from '../../../support/clock.js';
import { second } from '../../../support/time.js';
import { pairs } from './pairs.js';
import type { MigrationWorkloads } from './workloads.js';

export const ends = ['pool', 'claim', 'Deployment', 'pod', 'StatefulSet', 'DaemonSet', 'Job'] as const;
export type MatrixEnd = (typeof ends)[number];

export interface Verdict {
  readonly possible: boolean;
  /** Two containers were to go: they have arrived. */
  readonly success: boolean;
  /** Each has the id and the restarts that it had. */
  readonly containerKept: boolean;
  /** From the creation of the migration until it was complete or refused. */
  readonly seconds: number;
  readonly reason: string;
}

const kindOf: Readonly<Record<MatrixEnd, string>> = {
  pool: 'ContainerPool',
  claim: 'ContainerClaim',
  Deployment: 'Deployment',
  pod: 'Pod',
  StatefulSet: 'StatefulSet',
  DaemonSet: 'DaemonSet',
  Job: 'Job',
};

const moved = 2;

/** @param name of the migration, and what the names of its ends begin with */
export async function verdictOn(
  workloads: MigrationWorkloads,
  clock: Clock,
  name: string,
  source: MatrixEnd,
  target: MatrixEnd,
): Promise<Verdict> {
  const pair = pairs.find(({ from, to }) => from === source && to === target);
  const spec = pair
    ? (await pair.prepare(workloads, name)).spec
    : { from: workloadOf(source, `${name}-a`), to: workloadOf(target, `${name}-b`) };
  const begun = clock.now();
  const seconds = () => (clock.now() - begun) / second;
  try {
    const outcome = await workloads.migrate(name, { ...spec, count: moved });
    const success = outcome.reason === 'Completed' || outcome.moved === moved;
    return {
      possible: success,
      success,
      containerKept: success && outcome.kept,
      seconds: seconds(),
      reason: success ? '' : outcome.message,
    };
  } catch (error) {
    // what the API cannot express
    if (!(error instanceof Invalid)) throw error;
    // a server also says what it did not look at any more, of no field
    const causes = error.causes.filter(({ field }) => field !== undefined && field !== '<nil>');
    const why = causes.map(({ field, message }) => `${field}: ${message}`).join('; ');
    return { possible: false, success: false, containerKept: false, seconds: seconds(), reason: why };
  }
}

/** The API takes what it knows, and refuses the rest by itself. */
function workloadOf(end: MatrixEnd, name: string): Workload {
  const kind = kindOf[end];
  const known = workloadKinds.find((one) => one === kind);
  // a kind that there is none of, so that it is the server that says so
  return known ? { kind: known, name } : unknownKind(kind, name);
}

function unknownKind(kind: string, name: string): Workload {
  const workload: Workload = { kind: 'Job', name };
  return Object.assign(workload, { kind });
}
