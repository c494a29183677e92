import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../../src/support/statistics.js';
import { printTable } from '../measure.js';
import { tracesVariable } from '../traces.js';

const file = 'planetlab/planetlab-20110303.csv';
const runs = 3;

const cases = [
  { hosts: 200, vms: 500, types: ['G5'], aim: '0.5 s; CloudSim 8 s' },
  { hosts: 800, vms: 1052, types: ['G4', 'G5'], aim: '2 s; CloudSim 24 to 29 s' },
] as const;
const policies = ['dvfs', 'thr-mmt-0.8', 'iqr-mu-1.5', 'lr-mmt-1.2', 'lrr-rs-1.2', 'lr-mc-1.2', 'balance'] as const;

/** A day of PlanetLab with CloudSim's policies, and with the rebalancer: each in a process of its own, without reading the trace. */
export function benchConsolidation(): Promise<void> {
  const folder = process.env[tracesVariable];
  const path = folder === undefined ? undefined : join(folder, file);
  if (path === undefined || !existsSync(path)) {
    process.stderr.write(`bench consolidation skipped: set ${tracesVariable} to a folder with ${file}\n`);
    return Promise.resolve();
  }
  for (const { hosts, vms, types, aim } of cases) {
    const rows = policies.map((policy) => {
      const measured = Array.from({ length: runs }, () =>
        measure([path, policy, String(hosts), String(vms), ...types]),
      );
      const seconds = median(measured.map((one) => one.seconds));
      const mebibytes = Math.max(...measured.map((one) => one.mebibytes));
      return [policy, `${seconds.toFixed(2)} s`, `${Math.round(mebibytes)} MiB`];
    });
    printTable(
      `consolidation: ${vms} machines on ${hosts} hosts for a day`,
      ['policy', `time, median of ${runs} [< ${aim}]`, 'most resident [< 300 MiB]'],
      rows,
    );
  }
  return Promise.resolve();
}

const program = fileURLToPath(new URL('./one-day.js', import.meta.url));

const measure = (words: readonly string[]): { readonly seconds: number; readonly mebibytes: number } =>
  JSON.parse(execFileSync(process.execPath, [program, ...words], { encoding: 'utf8' }));
