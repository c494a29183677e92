import { z } from 'zod';
import { minute } from '../../../support/time.js';
import {
  imbalanceOf,
  inUse,
  loadsOf,
  meanUseOf,
  rankedLoad,
  utilizationOf,
  volumeOf,
} from '../../engine/host-loads.js';
import type { MachineHosts } from '../../engine/machine-hosts.js';
import { experiment } from '../experiment.js';
import { arrangements, rearrange } from '../rearrange.js';
import { limits } from './limits.js';
import { report } from './report.js';
import { figureName, mostPods, ranking, resources, sixNodes, usedBefore } from './six-nodes.js';

const parameters = z.strictObject({
  pods: z.int().min(1).max(mostPods).default(8).describe(`pods of each node, of at most ${mostPods} that have room`),
});

/** Fig. 3 and Table 1 of Xu and Chen: two of six nodes are over 90 % network, and are relieved. */
export const nodeBalance = experiment({
  name: 'node-balance',
  about: 'six nodes, two of them over 90 % network: their load and use before, and after pods are moved or placed anew',
  parameters,
  policies: arrangements,
  load: () => undefined,
  run({ parameters: { pods }, random }, { policy }) {
    const hosts = sixNodes(pods, random.split('pods'));
    hosts.settle(minute);
    const before = figuresOf(hosts, 'Before');
    const { moves, unplaced } = rearrange(policy, hosts, {
      ranking,
      load: volumeOf(resources),
      random,
    });
    return { measures: { ...before, ...figuresOf(hosts, 'After'), moves, unplaced } };
  },
  report,
});

/** Of each node its volume, mean use and the use of each resource; and the worst of all. Nodes are counted from 1. */
function figuresOf({ nodes }: MachineHosts, when: 'Before' | 'After'): Record<string, number> {
  const [volume, meanUse] = [volumeOf(resources), meanUseOf(resources)];
  const [volumes, means] = [loadsOf(volume, nodes), loadsOf(meanUse, nodes)];
  const figures: Record<string, number> = {};
  let [most, hot] = [0, 0];
  for (const row of usedBefore.keys()) {
    const used = utilizationOf(meanUse, nodes, row);
    for (const resource of resources) figures[figureName(row, resource, when)] = used[resource] ?? 0;
    figures[figureName(row, 'meanUse', when)] = means[row] ?? 0;
    figures[figureName(row, 'volume', when)] = volumes[row] ?? 0;
    const largest = Math.max(...Object.values(used));
    most = Math.max(most, largest);
    if (largest > limits.use || (volumes[row] ?? 0) > limits.volume) hot++;
  }
  const all: Record<string, number> = {
    ...figures,
    [`maxUse${when}`]: most,
    [`maxVolume${when}`]: Math.max(...volumes),
    [`nodesOverLimit${when}`]: hot,
    [`imbalance${when}`]: imbalanceOf(loadsOf(rankedLoad(ranking), nodes), inUse(nodes)),
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Number(value.toFixed(digits))]));
}

/** Sums of parts that are drawn differ in their last digits, though what nodes use before is the same for all seeds. */
const digits = 12;
