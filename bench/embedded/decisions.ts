import { decide } from '../../src/claims/queue/decide.js';
import type { Applicant, QueueView } from '../../src/claims/queue/view.js';

/** Milliseconds that decisions about so many claims take, half of which can be served. */
export function decisionTimes(claims: number, tenants: number): readonly number[] {
  const view = viewOf(claims, tenants);
  return Array.from({ length: 20 }, () => {
    const start = performance.now();
    decide(view);
    return performance.now() - start;
  });
}

function viewOf(claims: number, tenants: number): QueueView {
  const applicants = Array.from(
    { length: claims },
    (_, at): Applicant => ({
      key: `default/${at}`,
      uid: String(at).padStart(6, '0'),
      tenant: String(at % tenants),
      priority: 0,
      createdAt: '2026-01-01T00:00:00Z',
      needs: [{ item: '0', count: 1, bins: [0] }],
      least: 1,
      reserves: true,
      pools: [0],
    }),
  );
  const each = { containers: 1, cpu: 10, memory: 100 };
  const total = { containers: claims, cpu: 10 * claims, memory: 100 * claims };
  return {
    applicants,
    pools: [{ total, each, fresh: 0, ceiling: claims }],
    bins: [{ pool: 0, ready: claims / 2 }],
    holdings: new Map(),
    rules: () => ({ weight: 1, maxContainers: Infinity }),
  };
}
