import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { productionLine } from '../api/definitions.js';
import { defaultLine, type ProductionLineSpec } from '../api/production-line.js';
import { productionLineSpec } from '../api/production-line-schema.js';
import { validate } from '../api/validation.js';
import { BackgroundCalls } from '../runtime/index.js';
import { seededRandom } from '../support/random.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { compileChain } from './chain.js';
import { compileLine } from './compile.js';
import { pass, type Stage } from './stage.js';
import { stageType } from './stage-type.js';
import { produceStages } from './stages/registry.js';
import type { ProduceWork } from './work.js';

const workshop = { random: seededRandom(1), calls: new BackgroundCalls(new VirtualClock()) };
const objectionsTo = (spec: object): readonly string[] => {
  const compiled = compileLine(productionLineSpec.parse(spec), workshop);
  return 'objections' in compiled ? compiled.objections : [];
};

describe('a line', () => {
  it('that is built in is one as users write them', () => {
    const line = {
      apiVersion: 'penstock.dev/v1alpha1',
      kind: 'ProductionLine',
      metadata: { name: 'x' },
      spec: defaultLine,
    };
    expect(validate(productionLine, line)).toEqual([]);
    const compiled = compileLine(defaultLine, workshop);
    if ('objections' in compiled) throw new Error(compiled.objections.join());
    const names = (chain: { readonly stages: readonly { readonly name: string }[] }) =>
      chain.stages.map(({ name }) => name);
    expect(names(compiled.made.produce)).toEqual(['provision', 'stock']);
    expect(names(compiled.made.deliver)).toEqual(['hand-over', 'resize', 'configure', 'verify']);
    expect(names(compiled.made.reclaim.whole)).toEqual(['scrub', 'retire']);
  });

  it.each<readonly [string, NonNullable<ProductionLineSpec['reclaim']>, boolean]>([
    ['the built-in end', [{ stage: 'scrub' }, { stage: 'retire', name: 'away' }], false],
    ['an end without scrub', [{ stage: 'retire' }], false],
    ['a rate', [{ stage: 'scrub' }, { stage: 'retire', rate: 5 }], true],
    ['a stage of its own', [{ stage: 'webhook', settings: { url: 'http://x' } }, { stage: 'retire' }], true],
  ])('with %s lets a claim go, or holds it', (_name, reclaim, lingers) => {
    const compiled = compileLine(productionLineSpec.parse({ reclaim }), workshop);
    expect(compiled).toMatchObject({ made: { reclaim: { lingers } } });
  });

  it('is the built-in one where it says nothing', () => {
    expect(objectionsTo({})).toEqual([]);
  });

  it.each<readonly [string, Partial<ProductionLineSpec>, string]>([
    [
      'an unknown stage',
      { produce: [{ stage: 'provision' }, { stage: 'warmup' }, { stage: 'stock' }] },
      'produce, stage warmup: there is no stage warmup in this chain; did you mean warm?',
    ],
    [
      'a stage of another chain',
      { reclaim: [{ stage: 'verify' }, { stage: 'retire' }] },
      'reclaim, stage verify: there is no stage verify in this chain (there are scrub, webhook, retire)',
    ],
    [
      'an unknown setting',
      { produce: [{ stage: 'provision' }, { stage: 'warm', settings: { age: '1s' } }, { stage: 'stock' }] },
      'produce, stage warm: settings.age is not a setting of this stage',
    ],
    [
      'a setting that is wrong',
      { deliver: [{ stage: 'match', settings: { order: 'random' } }, { stage: 'hand-over' }] },
      'deliver, stage match: settings.order must be oldest, packed, spread, leastLoaded or bestFit, is "random"',
    ],
    [
      'a hook of two kinds',
      {
        deliver: [
          { stage: 'match' },
          { stage: 'hand-over' },
          { stage: 'notify', settings: { http: { url: 'http://x' }, exec: { command: ['x'] } } },
        ],
      },
      'deliver, stage notify: settings must have exactly one of http, exec and webhook',
    ],
    [
      'an end that holds containers up',
      { reclaim: [{ stage: 'webhook', settings: { url: 'http://x' }, onFailure: 'Abort' }, { stage: 'retire' }] },
      'reclaim, stage webhook: onFailure must be Retry or Discard: a container on its way out is not held up',
    ],
  ])('is refused for %s', (_, spec, words) => {
    expect(objectionsTo(spec)).toEqual([words]);
  });

  it('is told everything that is wrong with it, in its order', () => {
    const spec = {
      produce: [{ stage: 'provision', settings: { a: 1 } }, { stage: 'b' }, { stage: 'stock' }],
      deliver: [{ stage: 'match', settings: { c: 1 } }, { stage: 'hand-over' }, { stage: 'd' }],
    };
    expect(objectionsTo(spec).map((text) => text.split(':')[0])).toEqual([
      'produce, stage provision',
      'produce, stage b',
      'deliver, stage match',
      'deliver, stage d',
    ]);
  });

  it('is refused when it is too large to be remembered', () => {
    const spec = { produce: [{ stage: 'provision', settings: { text: 'x'.repeat(70_000) } }, { stage: 'stock' }] };
    expect(objectionsTo(spec)).toEqual([expect.stringContaining('a line has at most 65536')]);
  });
});

it('takes a new stage by one entry in its list', async () => {
  const sniff = stageType({
    name: 'sniff',
    about: 'Smells at the container.',
    settings: z.strictObject({ long: z.boolean().default(false) }),
    make: ({ long }): Stage<ProduceWork> => ({ name: long ? 'long' : 'short', run: async (work) => pass(work) }),
  });
  const kind = { name: 'produce' as const, types: [...produceStages, sniff], since: () => undefined };
  const entries = [{ stage: 'provision' }, { stage: 'sniff', name: 'nose', timeout: '1m', settings: { long: true } }];
  const compiled = compileChain(entries, kind, workshop, undefined);
  expect('made' in compiled && compiled.made.stages.map(({ name }) => name)).toEqual(['provision', 'nose']);
});
