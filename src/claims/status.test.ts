import { describe, expect, it } from 'vitest';
import { aClaim, delivered, now } from '../../test/objects.js';
import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { minute, timestamp } from '../support/time.js';
import { readLedger } from './ledger.js';
import type { Standing } from './standing.js';
import { claimStatus } from './status.js';

const claim = aClaim({ items: [{ count: 2 }] });
const pod = (index: number) => delivered(`pod-${index}`, claim, index);
const handedOver = pod(0).metadata.annotations?.[annotations.deliveredAt];
const later = now + minute;

const statusOf = (of: ContainerClaim, pods: readonly Pod[], standing: Standing) =>
  claimStatus({
    claim: of,
    ledger: readLedger(of, pods, later),
    standing,
    hooksOf: () => [],
    expiresAt: undefined,
    replaced: 0,
    refusals: [],
    now: later,
  });

describe('the status of a claim', () => {
  it('says when the last container was handed over, once all are', () => {
    const delivering: Standing = { phase: 'delivering' };
    expect(statusOf(claim, [pod(0)], delivering).deliveredAt).toBeUndefined();
    expect(statusOf(claim, [pod(0), pod(1)], delivering).deliveredAt).toBe(handedOver);
  });

  it('says so of one that ends with fewer than it asked for', () => {
    const settled: Standing = { phase: 'settled', reason: 'DeadlineExceeded', message: 'm' };
    expect(statusOf(claim, [pod(0)], settled).deliveredAt).toBe(handedOver);
  });

  it('says that of one whose containers a migration took before it was written', () => {
    const given = { ...claim, metadata: { ...claim.metadata, annotations: { [annotations.released]: '{"m":[0,1]}' } } };
    expect(statusOf(given, [], { phase: 'delivering' }).deliveredAt).toBe(timestamp(later));
  });
});
