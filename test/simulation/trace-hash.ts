/** Prints the trace hash of a small simulation with everything in it: for other processes, in which nothing but the seed may count. */
import { ContainerPool } from '../../src/api/container-pool.js';
import { Simulation, type SimulationOptions } from '../../src/simulation/control-plane/simulation.js';
import { object } from '../../src/simulation/control-plane/workload.js';
import { claimOf, poolOf } from '../../src/simulation/experiments/delivery/scenario.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { minute, second } from '../../src/support/time.js';

export const smallSimulation = (seed: number): SimulationOptions => ({
  seed,
  traced: true,
  nodes: { count: 6 },
  scheduler: {
    profiles: [{ schedulerName: 'default-scheduler', policy: createScorePolicy('balance'), preemption: {} }],
  },
  workload: {
    objects: [object(ContainerPool, poolOf('pool', 12))],
    claims: Array.from({ length: 8 }, (_, at) => ({
      at: minute + at * 7 * second,
      draft: claimOf(`c${at}`, 'pool', 3),
      heldFor: 40 * second,
    })),
  },
  faults: [
    { kind: 'node-loss', at: 80 * second, node: 1, lasts: minute },
    { kind: 'operator-crash', at: 95 * second, lasts: 5 * second },
    { kind: 'watch-loss', at: 100 * second },
    { kind: 'api-stall', at: 110 * second, lasts: 3 * second },
  ],
});

export async function traceHash(seed: number): Promise<string> {
  const simulation = await Simulation.start(smallSimulation(seed));
  await simulation.run(4 * minute);
  const hash = simulation.traceHash;
  await simulation.stop();
  return hash;
}
