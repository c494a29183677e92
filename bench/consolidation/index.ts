import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { consolidationOf } from '../../src/simulation/experiments/consolidation/policies.js';
import { consolidationHostTypes } from '../../src/simulation/engine/consolidation/host-types.js';
import { simulateConsolidation } from '../../src/simulation/engine/consolidation/simulate-consolidation.js';
import { readUsageTrace } from '../../src/simulation/workloads/read-usage-trace.js';
import { seededRandom } from '../../src/support/random.js';
import { median } from '../../src/support/statistics.js';
import { second } from '../../src/support/time.js';
import { print, type Row } from '../measure.js';
import { tracesVariable } from '../traces.js';

const { G4, G5 } = consolidationHostTypes;
const file = 'planetlab/planetlab-all-10-days.tar.gz';
const runs = 3;

const cases = [
  { hosts: 200, vms: 500, types: [G5], aim: '< 0.5 s; CloudSim 8 s' },
  { hosts: 800, vms: 1052, types: [G4, G5], aim: '< 2 s; CloudSim 24 to 29 s' },
] as const;
const policies = ['dvfs', 'thr-mmt-0.8', 'mad-mu-2.5', 'lr-mmt-1.2', 'lrr-rs-1.2', 'lr-mc-1.2', 'balance'] as const;

/** A day of PlanetLab with CloudSim's policies, and with the rebalancer: how long it takes, without reading the trace. */
export async function benchConsolidation(): Promise<void> {
  const folder = process.env[tracesVariable];
  const path = folder === undefined ? undefined : join(folder, file);
  if (path === undefined || !existsSync(path)) {
    process.stderr.write(`bench consolidation skipped: set ${tracesVariable} to a folder with ${file}\n`);
    return;
  }
  const trace = await readUsageTrace(path);
  const interval = trace.interval / second;
  for (const { hosts, vms, types, aim } of cases) {
    const options = {
      hosts: Array.from({ length: hosts }, (_, index) => types[index % types.length]!),
      shares: trace.machines.slice(0, vms).map(({ cpu }) => cpu),
      interval,
    };
    const rows = policies.map((policy): Row => {
      const times = Array.from({ length: runs }, () => {
        const began = performance.now();
        simulateConsolidation(options, consolidationOf(policy, interval, seededRandom(1)));
        return performance.now() - began;
      });
      return { what: policy, figure: `${(median(times) / 1000).toFixed(2)} s [${aim}]`, against: `median of ${runs}` };
    });
    print(`consolidation: ${vms} machines on ${hosts} hosts for a day`, rows);
  }
  const most = process.resourceUsage().maxRSS / 1024;
  print('consolidation: memory', [
    { what: 'most resident', figure: `${Math.round(most)} MiB [< 300]`, against: 'of the whole process' },
  ]);
}
