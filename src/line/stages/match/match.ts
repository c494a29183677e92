import { z } from 'zod';
import type { Pod } from '../../../api/kubernetes.js';
import type { SelectStage } from '../../stage.js';
import { stageType } from '../../stage-type.js';
import type { Slot } from '../../work.js';
import { bestFit } from './best-fit.js';
import { leastLoaded, type NodeLoads, packed, spread } from './by-node.js';
import { oldest } from './oldest.js';

export type Match = SelectStage<Slot, Pod, NodeLoads>;

const selections: Readonly<Record<Order, Match['select']>> = {
  oldest,
  packed,
  spread,
  leastLoaded: (slots, candidates, view) => leastLoaded(slots, candidates, view()),
  bestFit,
};

type Order = 'oldest' | 'packed' | 'spread' | 'leastLoaded' | 'bestFit';

export const match = stageType({
  name: 'match',
  about: 'Chooses which containers of the stock a claim gets.',
  settings: z.strictObject({
    order: z
      .enum(['oldest', 'packed', 'spread', 'leastLoaded', 'bestFit'])
      .default('oldest')
      .describe(
        'oldest: what has been in stock the longest. packed: on as few nodes as can be. spread: on as many as can be. leastLoaded: from the nodes whose pods request the least cpu. bestFit: what is nearest in size to what is asked for.',
      ),
  }),
  make: ({ order }): Match => ({ name: 'match', select: selections[order] }),
});
