import type { Play, SuiteName } from './suites.js';

/** Each suite is loaded when it is played. */
const playerOf: Readonly<Record<SuiteName, () => Promise<{ readonly play: Play }>>> = {
  delivery: () => import('./play.js'),
  scheduler: () => import('../scheduler/histories/play.js'),
};

export const playOf = async (suite: SuiteName): Promise<Play> => (await playerOf[suite]()).play;
