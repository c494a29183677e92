/** What the suite itself reads of work that has ended: nothing of the operator is used. */
import type { ContainerClaim } from '../../src/api/container-claim.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations } from '../../src/api/names.js';
import { statusOf } from './foreign.js';

/** With which code its program ended by itself; `undefined`: it runs, or was ended from outside. */
export function exitCodeOf(pod: Pod): number | undefined {
  const { status } = pod;
  if (status?.phase !== 'Succeeded' && (status?.phase !== 'Failed' || status.reason !== undefined)) return undefined;
  return statusOf(pod)?.state?.terminated?.exitCode;
}

/** Its number within its claim. */
export const numberOf = ({ metadata }: Pod): number => Number(metadata.annotations?.[annotations.index]);

/** The numbers that the claim says are done. */
export const recordedIn = ({ status }: ContainerClaim): ReadonlySet<number> =>
  numbersIn(status?.completedIndexes ?? '');

/** The numbers that the claim got, where it ended with fewer than it asked for. */
export const grantedIn = ({ status }: ContainerClaim): ReadonlySet<number> | undefined =>
  status?.grantedIndexes === undefined ? undefined : numbersIn(status.grantedIndexes);

function numbersIn(text: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const range of text.split(',').filter(Boolean)) {
    const [first = NaN, last = first] = range.split('-').map(Number);
    for (let number = first; number <= last; number++) numbers.add(number);
  }
  return numbers;
}
