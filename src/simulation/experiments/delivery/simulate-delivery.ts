import { ContainerPool } from '../../../api/container-pool.js';
import { realistic } from '../../../embedded/nodes/index.js';
import { minute } from '../../../support/time.js';
import { Simulation } from '../../control-plane/simulation.js';
import { StockObserver } from '../../control-plane/stock-observer.js';
import { object } from '../../control-plane/workload.js';
import type { Random } from '../../../support/random.js';
import type { Outcome } from '../experiment.js';
import { arrivalsOf } from './arrivals.js';
import { type DeliveryTrial, outcomeOf } from './outcome.js';
import { claimOf, faultsOf, poolOf, simulatedProgram, stockOf } from './scenario.js';

/** What comes first is not counted: the pool fills its stock. */
const filling = 3 * minute;
/** How long is waited for what came last. */
const patience = 15 * minute;
/** A server that is not busy answers in about so many milliseconds. */
const latency = { median: 4, sigma: 0.5 };

export async function simulateDelivery(trial: DeliveryTrial, random: Random, signal?: AbortSignal): Promise<Outcome> {
  const { policy, batch, arrivals, fault, nodes, duration, containers, size, heldFor } = trial;
  const instants = arrivalsOf(arrivals, Math.max(1, containers / batch), duration, random.split('arrivals'));
  const stock = stockOf(batch);
  const simulation = await Simulation.start({
    seed: `delivery ${random.split('seed').integer(0, 2 ** 30)}`,
    nodes: { count: nodes, profile: realistic, images: [simulatedProgram.image] },
    latency: (draws) => Math.round(draws.logNormal(latency.median, latency.sigma)),
    faults: faultsOf(fault, duration, nodes).map((one) => ({ ...one, at: one.at + filling })),
    workload: {
      objects: [object(ContainerPool, poolOf(policy, stock, size))],
      claims: instants.map((at, index) => ({ at: at + filling, draft: claimOf(`c${index}`, policy, batch), heldFor })),
    },
  });
  const observer = new StockObserver(simulation.cluster, simulation.clock);
  const end = new AbortController();
  const following = observer.follow(end.signal);
  try {
    await simulation.run(filling, signal);
    observer.reset();
    await simulation.run(duration, signal);
    const { idleHours } = observer;
    await simulation.runUntil(() => simulation.waitingClaims === 0, patience, signal);
    return outcomeOf(trial, simulation.deliveries, observer, idleHours);
  } finally {
    end.abort();
    await following;
    await simulation.stop();
  }
}
