import { z } from 'zod';
import { duration } from '../../api/fields.js';
import { parseDuration } from '../../support/time.js';

/** A duration such as `30m`, in milliseconds once it is read. */
const time = duration.transform((text) => parseDuration(text) ?? 0);
const share = z.number().gt(0).max(1);

/** As many samples as fit into the bits of a small integer. */
const mostSamples = 30;

const hot = z
  .strictObject({
    threshold: share.default(0.9).describe('A node is hot when it uses more than this share of any resource.'),
    target: share
      .default(0.8)
      .describe('A hot node is relieved until it uses no more than this share of each resource.'),
    samples: z.int().min(1).max(mostSamples).default(5).describe('How many samples are looked at.'),
    atLeast: z
      .int()
      .min(1)
      .max(mostSamples)
      .default(3)
      .describe('In how many of them a resource must be over the threshold, the last one included.'),
  })
  .check(({ value, issues }) => {
    if (value.target >= value.threshold)
      issues.push({ code: 'custom', message: 'must be below the threshold', input: value.target, path: ['target'] });
    if (value.atLeast > value.samples)
      issues.push({ code: 'custom', message: 'must not exceed samples', input: value.atLeast, path: ['atLeast'] });
  })
  .describe('Which nodes are relieved, and how far.');

const light = z
  .strictObject({
    threshold: share.default(0.3).describe('A node may be emptied when it uses less than this share of each resource.'),
    samples: z.int().min(1).max(mostSamples).default(5).describe('For how many samples in a row it has to.'),
    minAge: time.prefault('10m').describe('A node younger than this is not emptied.'),
    candidates: z
      .int()
      .min(0)
      .max(100)
      .default(5)
      .describe('How many nodes, the lightest first, a plan tries to empty. 0: none is emptied.'),
  })
  .describe('Which nodes are emptied.');

const payoff = z
  .strictObject({
    horizon: time.prefault('30m').describe('For how long what a move brings is counted.'),
    startTime: time.prefault('30s').describe('For how long a pod and its successor both run.'),
    disruption: z
      .number()
      .min(0)
      .default(30)
      .describe('What an eviction costs beside that, in node-seconds: its work is interrupted.'),
    replacement: z
      .number()
      .min(0)
      .default(10)
      .describe(
        'The same where a replacement is there first, which has to get warm: what uses next to nothing is left alone.',
      ),
  })
  .describe('When a move pays.');

const budgets = z
  .strictObject({
    perHour: z.int().min(0).default(100).describe('Moves within an hour, in the whole cluster.'),
    perNode: z.int().min(1).default(5).describe('Moves at once off a node that stays in use, and as many onto a node.'),
    perOwner: z.int().min(1).default(2).describe('Pods of one owner that are moved at once.'),
  })
  .describe('How many moves there may be.');

export const rebalancerSettings = z.strictObject({
  hot: hot.prefault({}),
  light: light.prefault({}),
  payoff: payoff.prefault({}),
  budgets: budgets.prefault({}),
  returnWindow: time
    .prefault('1h')
    .describe('For how long no pod goes to a node that one of the same owner was moved off.'),
  maxAge: time.prefault('5m').describe('A node whose use was measured longer ago is neither hot nor emptied.'),
});

export type RebalancerSettings = z.output<typeof rebalancerSettings>;
