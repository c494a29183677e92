import { ContainerPool } from '../../src/api/container-pool.js';
import { realistic } from '../../src/embedded/nodes/index.js';
import { Simulation } from '../../src/simulation/control-plane/simulation.js';
import { object } from '../../src/simulation/control-plane/workload.js';
import { median } from '../../src/support/statistics.js';
import { minute, second } from '../../src/support/time.js';
import type { Row } from '../measure.js';
import { claimDraft, poolDraft } from '../objects.js';

const nodes = 100;
const stock = 2000;
const rounds = 3;
/** Of claims, each of ten containers that it keeps for a minute. */
const perMinute = 20;
const minutes = 3;
const pool = 'bench';

/** The whole control plane in virtual time: at rest, and with twenty claims of ten a minute beside 2,000 containers. */
export async function controlPlaneRows(): Promise<readonly Row[]> {
  const [quiet, busy] = [await speed(0), await speed(perMinute)];
  return [
    {
      what: `${nodes} nodes, ${stock.toLocaleString('en')} containers, no claims`,
      figure: `${Math.round(quiet)} × real time`,
    },
    {
      what: `the same with ${perMinute} claims of ten a minute`,
      figure: `${Math.round(busy)} × real time [≥ 500]`,
      against: `median of ${rounds} runs of ${minutes} minutes`,
    },
  ];
}

async function speed(claimsPerMinute: number): Promise<number> {
  // the stock is filled and the program compiled before the time that counts
  const filling = 5 * minute;
  const all = (rounds + 1) * minutes * claimsPerMinute;
  const simulation = await Simulation.start({
    seed: 'simulator/control-plane',
    nodes: { count: nodes, profile: realistic, node: { capacity: { cpu: '64', memory: '256Gi', pods: '400' } } },
    workload: {
      objects: [object(ContainerPool, poolDraft(pool, stock))],
      claims: Array.from({ length: all }, (_, at) => ({
        at: filling + (at * minute) / claimsPerMinute,
        draft: claimDraft(`c${at}`, pool, 10),
        heldFor: 60 * second,
      })),
    },
  });
  await simulation.run(filling + minutes * minute);
  const speeds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await simulation.run(minutes * minute);
    speeds.push((minutes * minute) / (performance.now() - start));
  }
  await simulation.stop();
  return median(speeds);
}
