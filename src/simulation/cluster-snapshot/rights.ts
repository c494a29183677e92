import { snapshotKinds } from './kinds.js';

/** All that a snapshot asks of a cluster, beside what use is read with: nothing is written, and no Secret or ConfigMap is read. */
export const snapshotRights = snapshotKinds.map(({ kind, isWatched, lacking }) => ({
  group: kind.group,
  resource: kind.plural,
  verbs: isWatched === true ? ['list', 'watch'] : ['list'],
  why: `without it ${lacking}`,
}));
