/** How the histories of each suite are played. */
import type { SuiteName } from './suite-name.js';

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

const playerOf: Readonly<Record<SuiteName, () => Promise<{ readonly play: Play }>>> = {
  delivery: () => import('./play.js'),
  scheduler: () => import('../scheduler/histories/play.js'),
  rebalancer: () => import('../rebalancer/histories/play.js'),
};

export const playOf = async (suite: SuiteName): Promise<Play> => (await playerOf[suite]()).play;
