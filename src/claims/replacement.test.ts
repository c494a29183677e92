import { describe, expect, it } from 'vitest';
import { aClaim, delivered, now, ready } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { timestamp } from '../support/time.js';
import { settleSlot } from './replacement.js';

const claim = aClaim();
const request = JSON.stringify({ requester: 'test', requestedAt: timestamp(now), reason: 'its node is hot' });

function container(name: string, marks: { asked?: true; replaces?: string; unready?: true; term?: number } = {}): Pod {
  const { term = 1, unready } = marks;
  const pod = delivered(name, claim, 0, { term, status: unready ? { phase: 'Running' } : ready });
  const { metadata } = pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: {
        ...metadata.annotations,
        ...(marks.asked && { [annotations.evictionRequest]: request }),
        ...(marks.replaces !== undefined && { [annotations.replaces]: `uid-${marks.replaces}` }),
      },
    },
  };
}

const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

describe('settleSlot', () => {
  const old = container('old', { asked: true });
  const withdrawn = container('old');
  const cases: readonly (readonly [string, readonly Pod[], Partial<Record<string, unknown>>])[] = [
    ['keeps one that is asked to go while there is no other', [old], { keeper: 'old' }],
    [
      'keeps it while its replacement is not ready, whatever the terms',
      [old, container('new', { replaces: 'old', unready: true, term: 2 })],
      { keeper: 'old', replacement: 'new' },
    ],
    [
      'does not wait for one that a second leader made, and that does not serve',
      [old, container('other', { unready: true, term: 2 })],
      { keeper: 'old', surplus: ['other'] },
    ],
    [
      'has it go when its replacement is ready, whatever the terms',
      [container('old', { asked: true, term: 3 }), container('new', { replaces: 'old' })],
      { keeper: 'new', leaving: ['old'] },
    ],
    [
      'keeps it again when its replacement has ceased to be ready',
      [old, container('new', { replaces: 'old', unready: true })],
      { keeper: 'old', replacement: 'new' },
    ],
    [
      'keeps the one that has worked all the time when the request is withdrawn',
      [withdrawn, container('new', { replaces: 'old', term: 2 })],
      { keeper: 'old', surplus: ['new'] },
    ],
    [
      'keeps one of two replacements, of the later term',
      [
        old,
        container('a', { replaces: 'old', unready: true }),
        container('b', { replaces: 'old', unready: true, term: 2 }),
      ],
      { keeper: 'old', replacement: 'b', surplus: ['a'] },
    ],
    [
      'keeps one of two replacements that are ready, and has the old one go',
      [old, container('b', { replaces: 'old' }), container('a', { replaces: 'old' })],
      { keeper: 'a', leaving: ['old'], surplus: ['b'] },
    ],
    [
      'counts on the one that is ready when its replacement is asked to go too',
      [old, container('new', { replaces: 'old', asked: true, unready: true, term: 2 })],
      { keeper: 'old', surplus: ['new'] },
    ],
    [
      'knows a replacement whose place is free as the container of its slot',
      [container('new', { replaces: 'gone' })],
      { keeper: 'new' },
    ],
  ];
  it.each(cases)('%s', (_, running, expected) => {
    for (const order of [running, running.toReversed()]) {
      const { keeper, replacement, leaving, surplus } = settleSlot(order, () => true);
      expect({
        keeper: keeper?.metadata.name,
        replacement: replacement?.metadata.name,
        leaving: names(leaving),
        surplus: names(surplus),
      }).toEqual({ replacement: undefined, leaving: [], surplus: [], ...expected });
    }
  });

  it('does not count on a replacement that has not got its size yet', () => {
    const running = [old, container('new', { replaces: 'old' })];
    expect(settleSlot(running, ({ metadata }) => metadata.name === 'old').keeper?.metadata.name).toBe('old');
  });
});
