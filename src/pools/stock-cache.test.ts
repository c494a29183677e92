import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aPool, now, ready, stocked } from '../../test/objects.js';
import { type ContainerPoolSpec } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { Pod as PodKind } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { annotations, labels, states } from '../api/names.js';
import { ObjectStore } from '../runtime/object-store.js';
import { minute, second, timestamp } from '../support/time.js';
import { delivered, indexes, stock, stockOn } from './indexes.js';
import { rulesOf } from './rules.js';
import { type SortedStock, sortStock } from './sorted-stock.js';
import { StockCache } from './stock-cache.js';

/** What a stock says of itself, whatever the order of its containers. */
function said(sorted: SortedStock) {
  const names = (pods: Iterable<Pod>) => [...pods].map(({ metadata }) => metadata.name).sort();
  const leaving = (items: Iterable<{ readonly pod: Pod; readonly why: string }>) =>
    [...items].map(({ pod, why }) => `${pod.metadata.name}: ${why}`).sort();
  const { outdated, unfit } = sorted;
  return {
    fresh: names(sorted.fresh.values()),
    counts: [sorted.freshReady, sorted.freshDeliverable, sorted.size],
    producible: names(sorted.producible),
    failing: names(sorted.failing),
    outdated: [leaving(outdated.serving.values()), leaving(outdated.idle.values())],
    unfit: [leaving(unfit.serving.values()), leaving(unfit.idle.values())],
    asked: leaving(sorted.asked),
    refused: leaving(sorted.refused),
    overdue:
      names(sorted.fresh.values()).length === 0 ? [] : names(sorted.failing.filter((pod) => sorted.isOverdue(pod))),
    wakeAt: sorted.wakeAt,
  };
}

const unready: Pod['status'] = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: timestamp(now + minute) }],
  containerStatuses: [
    {
      name: 'main',
      image: '',
      imageID: '',
      ready: false,
      restartCount: 1,
      state: { running: { startedAt: timestamp(now) } },
    },
  ],
};
const pulling: Pod['status'] = {
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'main',
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ErrImagePull' } },
    },
  ],
};

const pending: Pod['status'] = { phase: 'Pending' };
const failed: Pod['status'] = { phase: 'Failed' };
const seldom = fc.constantFrom(true, ...Array.from({ length: 9 }, () => false));

const change = fc.oneof(
  fc.record({
    do: fc.constant('set' as const),
    pod: fc.nat(5),
    status: fc.constantFrom(ready, ready, ready, unready, pulling, pending, failed),
    state: fc.constantFrom(states.stocked, states.stocked, states.producing, states.delivered),
    template: fc.constantFrom('present', 'present', 'present', 'old'),
    node: fc.constantFrom('a', 'b'),
    going: seldom,
    asked: seldom,
  }),
  fc.record({ do: fc.constant('delete' as const), pod: fc.nat(5) }),
  fc.record({ do: fc.constant('refuse' as const), pod: fc.nat(5) }),
  fc.record({ do: fc.constant('leave' as const), node: fc.constantFrom('a', 'b') }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.nat(400) }),
  fc.record({ do: fc.constant('rule' as const), expireAfter: fc.constantFrom('5m', '10m', undefined) }),
);

describe('StockCache', () => {
  it('says after any changes what sorting everything anew says', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const store = new ObjectStore<Pod>((error) => {
          throw error;
        });
        store.addIndex(indexes.stock, stock);
        store.addIndex(indexes.stockOn, stockOn);
        store.addIndex(indexes.delivered, delivered);
        const refused = new Set<Key>();
        const reasons = new Map<string, string>();
        const isRefused = (pod: Pod) => refused.has(keyOf(nameOf(pod)));
        const isLost = (pod: Pod) => pod.metadata.name === 'p5';
        const cache = new StockCache(
          {
            byIndex: (kind, index, value) =>
              kind.name === PodKind.name ? (store.byIndex(index, value) as never) : new Map(),
          },
          {
            reclaim: { isRefused, refusedOf: () => [...refused] },
            leaving: {
              get reasons() {
                return new Map(reasons);
              },
            },
            isLost,
          },
        );
        store.addHandler({
          add: (pod) => cache.observe(undefined, pod),
          update: (old, pod) => cache.observe(old, pod),
          delete: (pod) => cache.observe(pod, undefined),
        });
        let at = now;
        let spec: Partial<ContainerPoolSpec> = {};
        for (const one of changes) {
          if (one.do === 'set') store.set(`default/p${one.pod}`, podOf(one), 'watch');
          else if (one.do === 'delete') store.delete(`default/p${one.pod}`, 'watch');
          else if (one.do === 'refuse') toggle(refused, `default/p${one.pod}`);
          else if (one.do === 'leave') {
            if (!reasons.delete(one.node)) reasons.set(one.node, 'cordoned');
          } else if (one.do === 'wait') at += one.seconds * second;
          else spec = one.expireAfter === undefined ? {} : { expireAfter: one.expireAfter };
          const pool = aPool(spec);
          const facts = { leavingNodes: reasons, isRefused, isLost };
          const pods = store.byIndex(indexes.stock, 'default/pool').values();
          expect(said(cache.stockOf(pool, at))).toEqual(said(sortStock(pods, rulesOf(pool), facts, at)));
          const held = [...store.byIndex(indexes.delivered, 'default/pool').values()];
          expect(cache.deliveredOf('default/pool').size).toBe(held.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});

interface PodChange {
  readonly pod: number;
  readonly status: Pod['status'];
  readonly state: string;
  readonly template: string;
  readonly node: string;
  readonly going: boolean;
  readonly asked: boolean;
}

function podOf({ pod, status, state, template, node, going, asked }: PodChange): Pod {
  const one = stocked(`p${pod}`, { status, spec: { nodeName: node, containers: [{ name: 'main', image: 'i' }] } });
  const request = { requester: 'test', requestedAt: timestamp(now), reason: 'its node is hot' };
  return {
    ...one,
    metadata: {
      ...one.metadata,
      labels: {
        ...one.metadata.labels,
        [labels.state]: state,
        ...(template === 'old' && { [labels.template]: 'old' }),
      },
      annotations: {
        ...one.metadata.annotations,
        ...(asked && { [annotations.evictionRequest]: JSON.stringify(request) }),
      },
      ...(going && { deletionTimestamp: timestamp(now) }),
    },
  };
}

function toggle(set: Set<Key>, key: Key): void {
  if (!set.delete(key)) set.add(key);
}
