import { priceSettings } from '../../src/scheduling/cost/cost.js';
import { g5 } from '../../src/simulation/engine/cloudsim-types.js';
import { runBatch } from '../../src/simulation/experiments/cost/run-batch.js';
import { drawTaskClasses } from '../../src/simulation/experiments/cost/task-classes.js';
import { comparedPolicies, policyOf } from '../../src/simulation/experiments/policies.js';
import { median } from '../../src/support/statistics.js';
import { seededRandom } from '../../src/support/random.js';
import { ms, type Row } from '../measure.js';

const tasks = 100_000;
const hosts = 200;
const classes = 20;
const slot = 60;
const horizon = (24 * 3600) / slot;
const rounds = 3;
const ranking = ['cpu', 'memory', 'network', 'disk'];

/** The largest batch of the experiment cost, under each policy that can do it. */
export function taskRows(): readonly Row[] {
  const measured = comparedPolicies.filter((name) => name !== 'genetic').map((name) => ({ name, ...timed(name) }));
  const fastest = Math.min(...measured.map(({ took }) => took));
  return measured.map(({ name, took, completed }) => ({
    what: `${tasks.toLocaleString('en')} tasks of ${classes} classes on ${hosts} hosts, ${name}`,
    figure: `${ms(took)}${name === 'max-weight' ? ' [< 3,000 ms]' : ''}`,
    against: `${completed} completed, ${(took / fastest).toFixed(1)} × the fastest`,
  }));
}

function timed(name: string): { readonly took: number; readonly completed: number } {
  let completed = 0;
  const times = Array.from({ length: rounds }, () => {
    const random = seededRandom('cost 1');
    const batch = { tasks, classes: drawTaskClasses(classes, random.split('classes')), hosts, host: g5, slot, horizon };
    const start = performance.now();
    ({ completed } = runBatch(batch, policyOf(name, ranking), priceSettings.parse({}), random));
    return performance.now() - start;
  });
  return { took: median(times), completed };
}
