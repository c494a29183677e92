import { ec2, overlapping, type JobMix } from '../../src/simulation/experiments/stability/job-mixes.js';
import { capacityLimit, maximalConfigurations } from './capacity.js';
import { loadSolver } from './program.js';
import { printSmallCases, smallCases } from './small-cases.js';

export interface PlacementOptions {
  /** One object of JSON instead of tables. */
  readonly json: boolean;
}

const secondsForAProof = 10;

/**
 * How near the placement of policies comes to the proven optimum of small batches, and the capacity limits that the experiment `stability`
 * draws. Backlog and GPU packing: `penstock experiment run stability` and `packing`.
 */
export async function benchPlacement({ json }: PlacementOptions): Promise<void> {
  const solver = await loadSolver(secondsForAProof);
  const limitOf = ({ load, requests, capacity }: JobMix) =>
    capacityLimit(load, maximalConfigurations(requests, capacity), solver);
  const results = { smallCases: smallCases(solver), limits: { ec2: limitOf(ec2), overlapping: limitOf(overlapping) } };
  if (json) {
    console.log(JSON.stringify(results));
    return;
  }
  printSmallCases(results.smallCases);
  console.log(
    `  capacity limits by linear program, in offered load: ec2 ${results.limits.ec2.toFixed(2)}, overlapping ${results.limits.overlapping.toFixed(2)}`,
  );
}
