import { z } from 'zod';
import { minute } from '../../../support/time.js';
import { imbalanceOf, inUse, loadsOf, rankedLoad } from '../../engine/host-loads.js';
import type { MachineHosts } from '../../engine/machine-hosts.js';
import { experiment } from '../experiment.js';
import { arrangements, rearrange } from '../rearrange.js';
import { report } from './report.js';
import { mostMachines, publishedCounts, resources, sevenServers } from './seven-servers.js';

const parameters = z
  .strictObject({
    machines: z
      .array(z.int().min(0).max(mostMachines))
      .min(2)
      .max(1000)
      .default(publishedCounts)
      .describe('virtual machines of each server'),
  })
  .refine(({ machines }) => machines.some((count) => count > 0), {
    message: 'must name at least one machine',
    path: ['machines'],
  });

/** The initial state of Xu and Chen: seven servers that hold different numbers of machines. */
export const initialState = experiment({
  name: 'initial-state',
  about: 'seven servers with different numbers of virtual machines: load and imbalance before and after',
  parameters,
  policies: arrangements,
  load: () => undefined,
  run({ parameters: { machines }, random }, { policy }) {
    const hosts = sevenServers(machines, random);
    hosts.settle(minute);
    const before = figuresOf(hosts, 'Before');
    const { moves, unplaced } = rearrange(policy, hosts, { ranking: resources, load: rankedLoad(resources), random });
    return { measures: { ...before, ...figuresOf(hosts, 'After'), moves, unplaced } };
  },
  report,
});

/** Load and number of machines of each server, counted from 1, and the imbalance. */
function figuresOf({ nodes }: MachineHosts, when: 'Before' | 'After'): Record<string, number> {
  const loads = loadsOf(rankedLoad(resources), nodes);
  const used = inUse(nodes);
  const figures: Record<string, number> = {
    [`imbalance${when}`]: imbalanceOf(loads, used),
    [`serversInUse${when}`]: used.filter((one) => one === 1).length,
  };
  for (const { row, pods } of nodes.infos()) {
    figures[`server${row + 1}Load${when}`] = loads[row] ?? 0;
    figures[`server${row + 1}Machines${when}`] = pods.length;
  }
  return figures;
}
