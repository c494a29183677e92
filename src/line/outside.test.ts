import { describe, expect, it } from 'vitest';
import { aClaim, delivered, stocked } from '../../test/objects.js';
import { annotations } from '../api/names.js';
import { ProductionLine } from '../api/production-line.js';
import { productionLineSpec } from '../api/production-line-schema.js';
import { apiVersionOf } from '../api/meta/kind.js';
import { BackgroundCalls } from '../runtime/index.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { abandonAbout, abandonBy } from './outside.js';

const line = (name: string, ...generations: readonly number[]): ProductionLine => ({
  apiVersion: apiVersionOf(ProductionLine),
  kind: 'ProductionLine',
  metadata: {
    name,
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: generations[0] ?? 1,
  },
  spec: productionLineSpec.parse({}),
  status: { accepted: generations.map((generation) => ({ generation, spec: {} })) },
});

function callAbout(subject: string) {
  const calls = new BackgroundCalls(new VirtualClock());
  const key = { namespace: 'default', subject, purpose: 'fast@2.u/deliver/notify//' };
  const context = { signal: new AbortController().signal, wake: () => {} };
  calls.ask(key, () => new Promise<never>(() => {}), context);
  return calls;
}

describe('a call about a container', () => {
  const claim = aClaim();
  const pod = delivered('a', claim, 0);
  const { metadata } = pod;
  const claimed = (uid: string) => ({ ...metadata.annotations, [annotations.claimUid]: uid });
  const { [annotations.claimUid]: _, ...returned } = metadata.annotations ?? {};

  it.each([
    [
      'goes on when the container has another mark',
      { ...pod, metadata: { ...metadata, labels: { own: 'mark' } } },
      true,
    ],
    ['is abandoned when the container is gone', undefined, false],
    ['is abandoned when another has its name', { ...pod, metadata: { ...metadata, uid: 'another' } }, false],
    [
      'is abandoned when the container is going',
      { ...pod, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      false,
    ],
    [
      'is abandoned when another claim has got the container',
      { ...pod, metadata: { ...metadata, annotations: claimed('other') } },
      false,
    ],
    [
      'is abandoned when the container came back to its pool',
      { ...pod, metadata: { ...metadata, annotations: returned } },
      false,
    ],
  ])('%s', (_, now, goesOn) => {
    const calls = callAbout(metadata.uid);
    abandonAbout(calls, pod, now);
    expect(calls.isAbout(metadata.uid)).toBe(goesOn);
  });

  it('goes on when the container is handed over', () => {
    const inStock = stocked('a');
    const calls = callAbout(inStock.metadata.uid);
    abandonAbout(calls, inStock, { ...inStock, metadata: { ...inStock.metadata, annotations: claimed('u') } });
    expect(calls.isAbout(inStock.metadata.uid)).toBe(true);
  });

  it.each([
    ['goes on while its line remembers the version', line('fast', 2), line('fast', 3, 2), true],
    ['is abandoned when its line has forgotten the version', line('fast', 2), line('fast', 5, 4, 3), false],
    ['is abandoned when its line is gone', line('fast', 2), undefined, false],
    ['goes on when another line is gone', line('fas', 2), undefined, true],
  ])('%s', (_, old, now, goesOn) => {
    const calls = callAbout(metadata.uid);
    abandonBy(calls, old, now);
    expect(calls.isAbout(metadata.uid)).toBe(goesOn);
  });
});
