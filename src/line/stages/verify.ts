import { isReady } from '../pod-state.js';
import { pass, retry, type Stage } from '../stage.js';
import type { DeliverWork } from '../work.js';

/** Passes when the container is ready, by its own probes, as the claim's. */
export const verify: Stage<DeliverWork> = {
  name: 'verify',
  run: (work) => Promise.resolve(isReady(work.pod) ? pass(work) : retry(work, 'the container is not ready')),
};
