/** When the work of a claim has come to its end: all of it has succeeded, or too much of it has failed. Pure. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { Failed, Ledger } from './ledger.js';
import { backoffLimitOf, isRetry, totalFailures } from './retry.js';
import { isSettled, type Standing } from './standing.js';

export type WorkEnd = Standing & { readonly phase: 'finished' };

export function workEnd(claim: ContainerClaim, ledger: Ledger): WorkEnd | undefined {
  const { held, succeeded, missing, backingOff } = ledger;
  const limit = backoffLimitOf(claim);
  const failures = totalFailures(ledger);
  if (failures > limit) {
    const message = `${counted(failures, 'failure')}, more than backoffLimit allows (${limit})${lastFailure(ledger)}`;
    return { phase: 'finished', reason: 'BackoffLimitExceeded', message };
  }
  // what gets no more has only those to wait for that it has had
  const open = isSettled(claim) ? missing.filter(isRetry) : missing;
  if (succeeded.length === 0 || held.length + open.length + backingOff.length > 0) return undefined;
  return { phase: 'finished', reason: 'Complete', message: `${counted(succeeded.length, 'container')} succeeded` };
}

function lastFailure({ failed }: Ledger): string {
  const last = failed.reduce<Failed | undefined>((a, b) => (a && a.ending.at > b.ending.at ? a : b), undefined);
  return last ? `; last: pod ${last.pod.metadata.name}: ${last.ending.why}` : '';
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
