/** From which template a pool's stock is made, and how far it has got with it. Pure. */
import type { RenewalStatus, TemplatedPool } from '../api/container-pool.js';
import { templateFingerprint } from '../line/index.js';
import { type Duration, type Instant, instantOf, minute, parseDuration, timestamp } from '../support/time.js';

export interface RenewalView {
  /** As its user wants it. */
  readonly pool: TemplatedPool;
  /** What its status says until now. */
  readonly said: RenewalStatus | undefined;
  /** Whether one of its containers of this template is ready now, in stock or delivered. */
  readonly template: 'ready' | 'not ready';
  /** The pool as it was when its containers last got ready, where that is kept. */
  readonly lastGood: TemplatedPool | undefined;
  readonly now: Instant;
}

export interface RenewalPlan {
  readonly status: RenewalStatus;
  /** Stock is made from this. */
  readonly made: TemplatedPool;
  readonly phase: 'Proven' | 'Unproven' | 'Overdue' | 'RolledBack';
  readonly wakeAt: Instant | undefined;
}

/**
 * The deadline counts from when the template was first seen, and only while the pool makes containers. A template is proven
 * by the first container of it that gets ready, for good: what fails later is for the breaker.
 */
export function planRenewal({ pool, said, template, lastGood, now }: RenewalView): RenewalPlan {
  const present = templateFingerprint(pool);
  const before = said?.template === present ? said : { template: present };
  const makes = !pool.spec.refill.paused && pool.spec.replicas > 0;
  const { provenAt = template === 'ready' ? timestamp(now) : undefined } = before;
  const since = makes ? (before.since ?? timestamp(now)) : provenAt === undefined ? undefined : before.since;
  const status: RenewalStatus = {
    template: present,
    ...(since === undefined ? {} : { since }),
    ...(provenAt === undefined ? {} : { provenAt }),
  };
  if (provenAt !== undefined) return { status, made: pool, phase: 'Proven', wakeAt: undefined };
  const dueAt = since === undefined ? Infinity : (instantOf(since) ?? now) + deadlineOf(pool);
  if (now < dueAt) return { status, made: pool, phase: 'Unproven', wakeAt: dueAt === Infinity ? undefined : dueAt };
  const good = pool.spec.renewal.onFailure === 'RollBack' ? lastGood : undefined;
  return good
    ? { status, made: good, phase: 'RolledBack', wakeAt: undefined }
    : { status, made: pool, phase: 'Overdue', wakeAt: undefined };
}

const deadlineOf = ({ spec: { renewal } }: TemplatedPool): Duration =>
  parseDuration(renewal.progressDeadline) ?? 10 * minute;
