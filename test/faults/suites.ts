/** The suites of random histories, by name: what is made to fail is the operator, or the scheduler. */

export const suiteNames = ['delivery', 'scheduler'] as const;
export type SuiteName = (typeof suiteNames)[number];

/** One history that was played. */
export interface Played {
  /** What was broken, for a person; `undefined`: every promise was kept. */
  readonly report: string | undefined;
  /** Everything that happened, in order. */
  readonly trace: readonly string[];
  readonly faults: string;
}

/** Plays the history of a seed. */
export type Play = (seed: number) => Promise<Played>;

export const replayOf = (suite: SuiteName, seed: number): string =>
  `npm run test:histories -- ${suite === 'delivery' ? '' : `${suite} `}--seed ${seed}`;
