/** A program: one policy for one day, in a process of its own. Prints how long it took, and the most memory that was resident. */
import { consolidationHostTypes } from '../../src/simulation/engine/consolidation/host-types.js';
import { simulateConsolidation } from '../../src/simulation/engine/consolidation/simulate-consolidation.js';
import { consolidationOf } from '../../src/simulation/experiments/consolidation/policies.js';
import { readUsageTrace } from '../../src/simulation/workloads/read-usage-trace.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';

const [path = '', policy = '', hosts = '', vms = '', ...types] = process.argv.slice(2);
const trace = await readUsageTrace(path);
const interval = trace.interval / second;
const kinds = types.map((type) => consolidationHostTypes[type === 'G4' ? 'G4' : 'G5']);
const options = {
  hosts: Array.from({ length: Number(hosts) }, (_, index) => kinds[index % kinds.length]!),
  shares: trace.machines.slice(0, Number(vms)).map(({ cpu }) => cpu),
  interval,
};
const began = performance.now();
simulateConsolidation(options, consolidationOf(policy, interval, seededRandom(1)));
const seconds = (performance.now() - began) / 1000;
process.stdout.write(JSON.stringify({ seconds, mebibytes: process.resourceUsage().maxRSS / 1024 }));
