/** The experiments there are, by name. A new one is a folder of its own, and a line here. */
import { nearest } from '../../api/schema/suggestion.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { consolidation } from './consolidation/consolidation.js';
import { cost } from './cost/cost.js';
import type { Experiment } from './experiment.js';
import { delivery } from './delivery/delivery.js';
import { hostOccupancy } from './host-occupancy/host-occupancy.js';
import { initialState } from './initial-state/initial-state.js';
import { migration } from './migration/migration.js';
import { nodeBalance } from './node-balance/node-balance.js';
import { packing } from './packing/packing.js';
import { preemption } from './preemption/preemption.js';
import { sizing } from './sizing/sizing.js';
import { stability } from './stability/stability.js';

export const experiments: readonly Experiment[] = [
  delivery,
  migration,
  hostOccupancy,
  initialState,
  nodeBalance,
  preemption,
  cost,
  stability,
  packing,
  sizing,
  consolidation,
];

/** @throws CodedError `UNKNOWN_EXPERIMENT` */
export function experimentNamed(name: string): Experiment {
  const found = experiments.find((one) => one.name === name);
  if (found) return found;
  const names = experiments.map((one) => one.name);
  const like = nearest(name, names);
  throw new CodedError(
    'UNKNOWN_EXPERIMENT',
    `there is no experiment ${name}${like === undefined ? '' : `; did you mean ${like}?`}`,
    `the experiments are ${names.join(', ')}`,
    exitCodes.notFound,
  );
}
