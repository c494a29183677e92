import { createScorePolicy } from '../../src/scheduling/policies/index.js';
import { kubeDefault } from '../../src/scheduling/policies/kube-default.js';
import { ms, printTable } from '../measure.js';
import { tracesVariable } from '../traces.js';
import { type Hosts, load, type Outcome, simulateDay } from './day.js';
import { plannedRebalancer, type Rebalancer } from '../../src/simulation/engine/rebalancing.js';
import { highNodeUtilization, lowNodeUtilization } from './descheduler.js';
import { benchLarge } from './large.js';
import { planetlabFile, readMachines } from '../planetlab.js';

const machineCount = 500;
const mebibyte = 2 ** 20;
/** CloudSim's larger host: two cores of 2,660 MIPS. */
const cpu = 5320;

const cases: readonly { readonly what: string; readonly hosts: Hosts }[] = [
  { what: '200 hosts with 4 GiB, as in the seed', hosts: { count: 200, cpu, memory: 4096 * mebibyte } },
  { what: '24 hosts with 32 GiB, where cpu is scarce', hosts: { count: 24, cpu, memory: 32_768 * mebibyte } },
];

const rebalancers = (): readonly Rebalancer[] => [
  { name: 'none', policy: kubeDefault(), evict: () => [] },
  plannedRebalancer('ours', { load }),
  plannedRebalancer('ours, none emptied', { load, settings: { light: { candidates: 0 } } }),
  plannedRebalancer('ours, kube-default places', { load, policy: createScorePolicy('kube-default') }),
  lowNodeUtilization(0.2, 0.5),
  lowNodeUtilization(0.3, 0.8),
  highNodeUtilization(0.2),
  highNodeUtilization(0.3),
];

/** A day of 500 machines of PlanetLab that are placed by their requests, with and without rebalancing every five minutes. */
export function benchRebalance(): Promise<void> {
  const file = planetlabFile(process.env[tracesVariable], tracesVariable);
  if (typeof file === 'string') console.error(`bench rebalance is skipped: ${file}`);
  else {
    const machines = readMachines(file.path, machineCount);
    for (const { what, hosts } of cases) {
      const runs = rebalancers().map(
        (rebalancer) => [rebalancer.name, simulateDay(machines, hosts, rebalancer)] as const,
      );
      printTable(
        `rebalance: ${machineCount} machines of PlanetLab on ${what}, one day`,
        ['', ...runs.map(([name]) => name)],
        rowsOf(runs.map(([, outcome]) => outcome)),
      );
    }
  }
  benchLarge();
  return Promise.resolve();
}

function rowsOf(outcomes: readonly Outcome[]): readonly (readonly string[])[] {
  const row = (what: string, figure: (outcome: Outcome) => string) => [what, ...outcomes.map(figure)];
  const without = outcomes[0]?.hotHours ?? 0;
  return [
    row('imbalance, mean', ({ imbalance }) => imbalance.toFixed(4)),
    row('load of hosts in use, mean', ({ load }) => load.toFixed(4)),
    row('hot node-hours', ({ hotHours }) => hotHours.toFixed(1)),
    row('hot node-hours spared per move', ({ hotHours, moves }) =>
      moves === 0 ? '–' : ((without - hotHours) / moves).toFixed(4),
    ),
    row('empty node-hours', ({ emptyHours }) => emptyHours.toFixed(0)),
    row('moves', ({ moves }) => String(moves)),
    row('cpu lost, core-hours', ({ lostCpu }) => lostCpu.toFixed(2)),
    row('longest plan', ({ planning }) => ms(planning.longest)),
    row('all plans', ({ planning }) => ms(planning.total)),
  ];
}
