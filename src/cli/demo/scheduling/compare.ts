import { Pod } from '../../../api/kubernetes.js';
import { createScorePolicy, explainPod, type PodExplanation, podShape } from '../../../scheduling/index.js';
import type { Progress } from '../../progress/progress.js';
import type { Undo } from '../undo.js';
import { type Compared, compared, Environment, type EnvironmentOptions, type PerNode } from './environment.js';
import { batchOf, batchSize, nodeCount } from './workload.js';

export interface Placement {
  readonly policy: Compared;
  /** What is used of each node once the batch runs. */
  readonly used: PerNode;
}

export interface Comparison {
  /** What pods have asked for of each node before the batch comes. */
  readonly requested: PerNode;
  /** What is used of each node before the batch comes. */
  readonly used: PerNode;
  readonly placements: readonly Placement[];
  /** What `balance` makes of a container of the batch before the first is placed. */
  readonly explanation: PodExplanation;
}

interface Parts extends EnvironmentOptions {
  readonly progress: Progress;
  readonly undo: Undo;
}

/**
 * Puts the same batch onto the same nodes by two policies of one scheduler, one after the other. Half of the nodes are busier than
 * their requests say, the others are idle. What was made is on the undo stack, also when this throws.
 */
export async function comparePolicies({ progress, undo, ...parts }: Parts): Promise<Comparison> {
  const environment = new Environment(parts);
  await progress.step(`Adding ${nodeCount} nodes, half of them busier than their requests say`, () =>
    environment.start(undo),
  );
  const [requested, used] = [environment.requested(), environment.used()];
  const explanation = await explained(environment, parts);
  const placements: Placement[] = [];
  for (const policy of compared)
    placements.push(
      await progress.step(`Placing ${batchSize} containers by ${policy}`, () => placed(environment, policy)),
    );
  return { requested, used, placements, explanation };
}

async function placed(environment: Environment, policy: Compared): Promise<Placement> {
  const pods = await environment.run(batchOf(environment.names, environment.schedulerName(policy), policy));
  const used = environment.used();
  await environment.remove(pods);
  // the next batch is to find the nodes as this one did
  await environment.measured();
  return { policy, used };
}

async function explained(environment: Environment, { place }: EnvironmentOptions): Promise<PodExplanation> {
  const [draft] = batchOf(environment.names, environment.schedulerName('balance'), 'balance');
  const pod = draft && (await place.outside.create(Pod, draft, { dryRun: true }));
  if (!pod) throw new Error('the batch is empty');
  return explainPod(podShape(pod), environment.scheduler.cache.snapshot, createScorePolicy('balance'));
}
