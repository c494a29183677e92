/** What the rebalancer has done to pods, as the server saw it. */
import { evictionRequestOf } from '../../../src/api/eviction-request.js';
import type { Pod } from '../../../src/api/kubernetes.js';
import { requester } from '../../../src/rebalancer/index.js';
import type { Instant } from '../../../src/support/time.js';
import type { Journal } from '../../faults/journal.js';
import type { Happening } from './record.js';

export interface Act {
  readonly at: Instant;
  readonly version: number;
  readonly means: 'replacement' | 'eviction';
  /** As it was before. */
  readonly pod: Pod;
}

export const isAsked = (pod: Pod): boolean => evictionRequestOf(pod)?.requester === requester;

export function actsOf(happenings: readonly Happening[], { removers }: Journal): readonly Act[] {
  const acts: Act[] = [];
  const pods = new Map<string, Pod>();
  for (const { of, type, object, at, version } of happenings) {
    if (of !== 'pod') continue;
    const { uid } = object.metadata;
    const before = pods.get(uid);
    if (type === 'DELETED') pods.delete(uid);
    else pods.set(uid, object);
    if (!before) continue;
    const isGoing = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
    if (isGoing && before.metadata.deletionTimestamp === undefined && removers.has(uid))
      acts.push({ at, version, means: 'eviction', pod: before });
    else if (type !== 'DELETED' && isAsked(object) && !isAsked(before))
      acts.push({ at, version, means: 'replacement', pod: before });
  }
  return acts;
}
