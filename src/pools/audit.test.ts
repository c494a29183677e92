import { describe, expect, it } from 'vitest';
import { aPool, now, ready, stocked } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { hour, type Instant, minute, second, timestamp } from '../support/time.js';
import { auditOf } from './audit.js';
import { rulesOf } from './rules.js';

const none: ReadonlyMap<string, string> = new Map();
const at = (instant: Instant) => timestamp(instant);

/** Not ready since then, its container running from the first instant on, after `restarts` restarts. */
const unready = (since: Instant, started: Instant, restarts = 0): Pod['status'] => ({
  phase: 'Running',
  startTime: at(now),
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at(since) }],
  containerStatuses: [
    {
      name: 'main',
      image: '',
      imageID: '',
      ready: false,
      restartCount: restarts,
      state: { running: { startedAt: at(started) } },
    },
  ],
});
const restarted = (restarts: number): Pod['status'] => ({
  ...unready(now, now, restarts),
  conditions: ready?.conditions ?? [],
});
const evicted: Pod['status'] = { ...unready(now, now), phase: 'Failed', reason: 'Evicted', message: 'disk pressure' };
const spec = { nodeName: 'a', containers: [{ name: 'main', image: 'i' }] };

describe('auditOf', () => {
  it.each([
    ['what is ready', ready, minute, undefined],
    ['what is ready and too old', ready, hour, 'expired'],
    ['what was ready until a moment ago', unready(now + 10 * second, now), 39 * second, undefined],
    ['what was ready and is not for its time', unready(now + 10 * second, now), 40 * second, 'unhealthy'],
    ['what has never been ready', unready(now, now + second), 10 * minute, undefined],
    ['what has restarted a few times', restarted(3), minute, undefined],
    ['what goes on restarting', restarted(4), minute, 'restarts'],
    ['what its node has ended', evicted, second, 'node'],
    ['what its node would not take', { ...evicted, containerStatuses: [] }, second, undefined],
  ] as const)('judges %s', (_, status, later, cause) => {
    const rules = rulesOf(aPool({ expireAfter: '1h' }));
    expect(auditOf(stocked('one', { status, spec }), rules, none, now + later).finding?.cause).toBe(cause);
  });

  it('finds what stands on a cordoned node, and says when time may change something', () => {
    const rules = rulesOf(aPool({ expireAfter: '1h' }));
    const one = stocked('one', { spec });
    expect(auditOf(one, rules, new Map([['a', 'cordoned']]), now).finding).toEqual({
      cause: 'node',
      why: 'its node a is cordoned',
    });
    const taint = new Map([['a', 'karpenter.sh/disrupted']]);
    expect(auditOf(one, rules, taint, now).finding?.why).toBe('its node a is to be emptied (karpenter.sh/disrupted)');
    expect(auditOf(one, rules, new Map([['b', 'cordoned']]), now)).toEqual({ finding: undefined, wakeAt: now + hour });
    const sick = stocked('sick', { status: unready(now + second, now), spec });
    expect(auditOf(sick, rules, none, now + 2 * second).wakeAt).toBe(now + 31 * second);
  });
});
