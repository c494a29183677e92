import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import type { IndexFunction } from '../runtime/index.js';

export const indexes = { moved: 'pods by their last migration' } as const;

/** By the migration's uid. */
export const podsOfMigration: IndexFunction<Pod> = ({ metadata }) => {
  const migration = metadata.annotations?.[annotations.migration];
  return migration === undefined ? [] : [migration];
};
