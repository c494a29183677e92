/** The suites of random histories, by name: what is made to fail is the operator, the scheduler, or the rebalancer. */
export const suiteNames = ['delivery', 'scheduler', 'rebalancer'] as const;
export type SuiteName = (typeof suiteNames)[number];

export const replayOf = (suite: SuiteName, seed: number): string =>
  `npm run test:histories -- ${suite === 'delivery' ? '' : `${suite} `}--seed ${seed}`;
