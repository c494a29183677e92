import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aReplicaSet, now, ready, stocked } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { controllerReference } from '../api/meta/kind.js';
import { ReplicaSet } from '../api/kubernetes.js';
import { annotations, origins, stockGate } from '../api/names.js';
import { isGated, isWaiting } from '../line/index.js';
import { second, timestamp } from '../support/time.js';
import { planReplicaSet } from './plan.js';

const set = aReplicaSet({ replicas: 3 });

/** A pod of the ReplicaSet. */
function replica(name: string, status: Pod['status'], more: Partial<Pod['metadata']> = {}, gated = false): Pod {
  const pod = stocked(name, {
    status,
    spec: { containers: [{ name: 'main' }], ...(gated && { schedulingGates: [{ name: stockGate }] }) },
  });
  const ownerReferences = [controllerReference(ReplicaSet, set)];
  return { ...pod, metadata: { ...pod.metadata, labels: {}, ownerReferences, ...more } };
}

const states = {
  running: (name: string) => replica(name, ready),
  waiting: (name: string) => replica(name, { phase: 'Pending' }),
  gated: (name: string) => replica(name, { phase: 'Pending' }, {}, true),
  /** Let go by the gate; it has a node. */
  cold: (name: string) => {
    const pod = replica(name, { phase: 'Pending' }, { annotations: { [annotations.origin]: origins.cold } });
    return { ...pod, spec: { containers: [], ...pod.spec, nodeName: 'n1' } };
  },
  /** Let go by the gate; no node has room. */
  homeless: (name: string) =>
    replica(name, { phase: 'Pending' }, { annotations: { [annotations.origin]: origins.cold } }),
  going: (name: string) => replica(name, { phase: 'Pending' }, { deletionTimestamp: timestamp(now) }),
  failed: (name: string) => replica(name, { phase: 'Failed' }),
};
type State = keyof typeof states;

const pods = (...all: readonly State[]) => all.map((state, i) => states[state](`${state}-${i}`));
const stock = (count: number) => Array.from({ length: count }, (_, i) => stocked(`s${i}`));
const plan = (replicas: readonly Pod[], inStock: readonly Pod[], replicaSet = set) =>
  planReplicaSet({ replicaSet, pods: replicas, stock: inStock, constraints: undefined });

describe('what is done for a ReplicaSet of 3', () => {
  it.each<[string, readonly State[], number, { swap: number; open: number; cold: boolean }]>([
    ['all run', ['running', 'running', 'running'], 5, { swap: 0, open: 0, cold: false }],
    ['two wait', ['running', 'waiting', 'waiting'], 5, { swap: 2, open: 0, cold: false }],
    ['two wait, one in stock', ['running', 'waiting', 'waiting'], 1, { swap: 1, open: 0, cold: true }],
    [
      'two are handed over already',
      ['running', 'running', 'running', 'waiting', 'waiting'],
      5,
      { swap: 0, open: 0, cold: false },
    ],
    ['one is handed over already', ['running', 'running', 'waiting', 'waiting'], 5, { swap: 1, open: 0, cold: false }],
    ['some are going', ['running', 'running', 'waiting', 'going', 'going'], 5, { swap: 1, open: 0, cold: false }],
    ['some have failed', ['running', 'running', 'waiting', 'failed'], 5, { swap: 1, open: 0, cold: false }],
    ['gated, enough in stock', ['running', 'gated', 'gated'], 2, { swap: 2, open: 0, cold: false }],
    ['gated, one in stock', ['running', 'gated', 'gated'], 1, { swap: 1, open: 1, cold: true }],
    ['gated, none in stock', ['running', 'gated', 'gated'], 0, { swap: 0, open: 2, cold: true }],
    ['let go, and on their way', ['running', 'cold', 'cold'], 2, { swap: 0, open: 0, cold: false }],
    ['let go, and without a node', ['running', 'cold', 'homeless'], 2, { swap: 1, open: 0, cold: false }],
    ['too many, some on their way', ['running', 'cold', 'cold', 'gated'], 2, { swap: 0, open: 0, cold: false }],
    [
      'gated ones that are too many',
      ['running', 'running', 'running', 'gated', 'gated'],
      0,
      { swap: 0, open: 0, cold: false },
    ],
    ['gated, but too many and too few', ['running', 'running', 'gated', 'gated'], 0, { swap: 0, open: 1, cold: true }],
  ])('%s', (_what, replicas, inStock, expected) => {
    const { swap, open, cold } = plan(pods(...replicas), stock(inStock));
    expect({ swap: swap.length, open: open.length, cold: cold !== undefined }).toEqual(expected);
  });

  it('takes the oldest of the stock, whatever its order', () => {
    const old = stocked('old', { metadata: { creationTimestamp: timestamp(now - 9 * second) } });
    expect(plan(pods('waiting'), [stocked('young'), old], aReplicaSet({ replicas: 1 })).swap).toEqual([old]);
  });

  it('when it is done there is nothing left to do, however far the ReplicaSet has come with deleting its surplus', () => {
    const ofStates = (...of: readonly State[]) => fc.array(fc.constantFrom(...of), { maxLength: 12 });
    // a gate that has come into force just now, and one that has been
    const anyStates = fc.oneof(
      ofStates('running', 'waiting', 'gated', 'going'),
      ofStates('running', 'cold', 'gated', 'going'),
    );
    const some = fc.nat(12);
    fc.assert(
      fc.property(anyStates, some, some, some, (all, fewer, inStock, deleted) => {
        const active = all.filter((state) => state !== 'going').length;
        const size = Math.max(0, active - fewer);
        const replicaSet = aReplicaSet({ replicas: size });
        const present = pods(...all);
        const { swap, open } = plan(present, stock(inStock), replicaSet);
        const opened = new Set(open);
        const after = [
          ...swap.map(({ metadata }) => states.running(metadata.name)),
          // those that were let go start soon
          ...present.map((pod) => (opened.has(pod) ? states.running(pod.metadata.name) : pod)),
        ];
        const surplus = after.filter(({ metadata }) => !metadata.deletionTimestamp).length - size;
        const waiting = after.filter(isWaiting);
        // never more than can go without one that runs
        expect(swap.length === 0 || waiting.length >= surplus).toBe(true);
        // what has no node goes first
        const gated = waiting.filter(isGated);
        const order = [...gated, ...waiting.filter((pod) => !isGated(pod))];
        const gone = new Set(order.slice(0, Math.min(deleted, surplus)));
        const left = plan(
          after.filter((pod) => !gone.has(pod)),
          stock(inStock).slice(swap.length),
          replicaSet,
        );
        expect(left.swap).toEqual([]);
        expect(left.open).toEqual([]);
      }),
    );
  });
});
