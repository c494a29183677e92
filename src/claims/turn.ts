import type { ContainerClaim } from '../api/container-claim.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { desiredOf, leastOf } from './slots.js';

/**
 * Which waiting claims to wake when so many containers are ready: the oldest first, as far as the stock goes. One that
 * needs more than is left is passed over, so that it does not hold up smaller ones.
 */
export function whoseTurn(waiting: Iterable<ContainerClaim>, ready: number): readonly Key[] {
  const keys: Key[] = [];
  let left = ready;
  for (const claim of [...waiting].sort(olderFirst)) {
    if (left <= 0) break;
    const has = claim.status?.allocated ?? 0;
    const least = Math.max(1, leastOf(claim) - has);
    if (least > left) continue;
    keys.push(keyOf(nameOf(claim)));
    left -= Math.min(left, Math.max(1, desiredOf(claim) - has));
  }
  return keys;
}

function olderFirst(a: ContainerClaim, b: ContainerClaim): number {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}
