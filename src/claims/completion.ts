/** When the work of a claim has come to its end: all of it has succeeded, or too much of it has failed. Pure. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { Ledger } from './ledger.js';
import { backoffLimitOf, lastFailure, totalFailures } from './retry.js';
import type { Standing } from './standing.js';

export type WorkEnd = Standing & { readonly phase: 'finished' };

export function workEnd(claim: ContainerClaim, ledger: Ledger): WorkEnd | undefined {
  const { held, succeeded, missing, backingOff } = ledger;
  const limit = backoffLimitOf(claim);
  const failures = totalFailures(ledger);
  if (failures > limit) {
    const last = lastFailure(ledger);
    const message = `${counted(failures, 'failure')}, more than backoffLimit allows (${limit})${last ? `; last: pod ${last.pod.metadata.name}: ${last.why}` : ''}`;
    return { phase: 'finished', reason: 'BackoffLimitExceeded', message };
  }
  if (succeeded.length === 0 || held.length + missing.length + backingOff.length > 0) return undefined;
  return { phase: 'finished', reason: 'Complete', message: `${counted(succeeded.length, 'container')} succeeded` };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
