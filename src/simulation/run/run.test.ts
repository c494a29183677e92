import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Experiment, experiment, type Trial } from '../experiments/experiment.js';
import { documentOf, parseDocument } from '../report/document.js';
import { compareRuns } from './compare.js';
import { mergeParts, type Part } from './merge.js';
import { checkPolicies, inProcess, resultOf, runTrials } from './run-experiment.js';
import { rowsOf } from './rows.js';
import { readRun, type RunHeader, TrialStore } from './trial-store.js';
import { inShard, trialsOf } from './trials.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sum = experiment({
  name: 'sum',
  about: 'adds',
  parameters: z.strictObject({ sizes: z.array(z.int()).default([1, 2]), base: z.number().default(10) }),
  policies: ['plus', 'times'],
  load: () => undefined,
  points: ({ sizes }) => sizes.map((size) => ({ size })),
  applies: (policy, { size }) => policy !== 'times' || Number(size) > 1,
  run: ({ parameters: { base }, random }, { policy, at }) => {
    const size = Number(at['size']);
    return { measures: { value: policy === 'plus' ? base + size : base * size, chance: random.uniform() } };
  },
  report: () => ({ title: 'Sum', summary: [], sections: [] }),
});

async function opened(one: Experiment = sum, parameters: unknown = {}) {
  const open = await one.open(parameters);
  const request = { experiment: one.name, parameters: open.parameters, policies: one.policies, seed: 1, seeds: 3 };
  const header: RunHeader = { request, points: open.points, version: '1', notes: [] };
  return { open, request, header, trials: trialsOf(one, open.points, request) };
}

const never = new AbortController().signal;

describe('a run', () => {
  test('has a trial for each policy that applies, each point and each seed', async () => {
    const { trials } = await opened();
    expect(trials.map(({ policy, at, seed }) => `${policy} ${at['size']} ${seed}`)).toEqual([
      'plus 1 1',
      'plus 1 2',
      'plus 1 3',
      'plus 2 1',
      'plus 2 2',
      'plus 2 3',
      'times 2 1',
      'times 2 2',
      'times 2 3',
    ]);
  });

  test('shows all policies the same chance, and every seed another', async () => {
    const { open, trials } = await opened();
    const chances = new Map<number, Set<number>>();
    for (const trial of trials) {
      const { measures } = await open.run(trial);
      chances.set(trial.seed, (chances.get(trial.seed) ?? new Set()).add(measures['chance'] ?? 0));
    }
    expect([...chances.values()].map((seen) => seen.size)).toEqual([1, 1, 1]);
    expect(new Set([...chances.values()].flatMap((seen) => [...seen])).size).toBe(3);
  });

  test('goes on where it was killed, wherever that was, with the same result', async () => {
    const { open, header, trials } = await opened();
    const whole = await runTrials({
      trials,
      executor: inProcess(open),
      store: TrialStore.open(join(folder, 'whole'), header),
      signal: never,
    });
    for (let killed = 0; killed <= trials.length; killed++) {
      const path = join(folder, `killed-${killed}`);
      const first = TrialStore.open(path, header);
      for (const one of whole.slice(0, killed)) first.keep(one);
      // a line that was being written
      if (killed > 0) appendFileSync(join(path, 'trials.jsonl'), '{"trial":{"policy":"plus","at":{"si');
      const ran: Trial[] = [];
      const executor = {
        width: 2,
        run: async (trial: Trial) => {
          ran.push(trial);
          return open.run(trial);
        },
      };
      const store = TrialStore.open(path, header);
      const again = await runTrials({ trials, executor, store, signal: never });
      expect({ killed, ran: ran.length, same: JSON.stringify(again) === JSON.stringify(whole) }).toEqual({
        killed,
        ran: trials.length - killed,
        same: true,
      });
    }
  });

  test('begins anew when parameters, policies, seeds or the version have changed, and when it was finished', async () => {
    const { open, header, trials } = await opened();
    const run = (of: RunHeader) =>
      runTrials({ trials, executor: inProcess(open), store: TrialStore.open(folder, of), signal: never });
    await run(header);
    expect(TrialStore.open(folder, header).size).toBe(trials.length);
    expect(TrialStore.open(folder, { ...header, version: '2' }).size).toBe(0);
    await run(header);
    TrialStore.open(folder, header).finish();
    writeFileSync(join(folder, 'result.json'), '{}');
    expect(TrialStore.open(folder, { ...header, version: '3' }).size).toBe(0);
    // nothing of the run before is left to pass for one of this
    expect(readRun(folder).trials).toEqual([]);
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  test('keeps what is done when a trial fails or it is interrupted', async () => {
    const { open, header, trials } = await opened();
    const store = TrialStore.open(folder, header);
    let count = 0;
    const failing = {
      width: 1,
      run: async (trial: Trial) => {
        if (++count === 4) throw new Error('the disk is full');
        return open.run(trial);
      },
    };
    await expect(runTrials({ trials, executor: failing, store, signal: never })).rejects.toThrow('the disk is full');
    expect(TrialStore.open(folder, header).size).toBe(3);
    const interrupt = new AbortController();
    const interrupted = {
      width: 1,
      run: async (trial: Trial) => {
        interrupt.abort(new Error('interrupted'));
        return open.run(trial);
      },
    };
    await expect(
      runTrials({ trials, executor: interrupted, store: TrialStore.open(folder, header), signal: interrupt.signal }),
    ).rejects.toThrow('interrupted');
    expect(TrialStore.open(folder, header).size).toBe(4);
  });

  test('that cannot be kept says which folder is at fault', async () => {
    const { header } = await opened();
    writeFileSync(join(folder, 'file'), '');
    expect(() => TrialStore.open(join(folder, 'file'), header)).toThrow(
      `the folder of the run, ${join(folder, 'file')}`,
    );
  });

  test('refuses policies that it does not compare, with the nearest name', () => {
    expect(() => checkPolicies(sum, ['plus', 'tims'])).toThrow(
      'experiment sum does not compare tims; did you mean times?',
    );
  });

  test('refuses parameters that it does not have, with the nearest name', async () => {
    await expect(sum.open({ bas: 1 })).rejects.toThrow('experiment sum: bas is no parameter; did you mean base?');
    await expect(sum.open({ base: 'ten' })).rejects.toThrow('experiment sum: base must be a number, is "ten"');
  });
});

describe('shards', () => {
  async function shards(count: number) {
    const { open, header, trials } = await opened();
    const parts: Part[] = [];
    for (let index = 1; index <= count; index++) {
      const path = join(folder, `${count}-${index}`);
      await runTrials({
        trials: inShard(trials, { index, count }),
        executor: inProcess(open),
        store: TrialStore.open(path, header),
        signal: never,
      });
      parts.push({ folder: path, ...readRun(path) });
    }
    return parts;
  }

  test.each([1, 2, 4, 20])('put together are the whole run, when there are %d', async (count) => {
    const { open, request, header, trials } = await opened();
    const all = await runTrials({
      trials,
      executor: inProcess(open),
      store: TrialStore.open(join(folder, 'whole'), header),
      signal: never,
    });
    expect(mergeParts(await shards(count), sum)).toEqual(resultOf(request, header, all));
  });

  test('are counted from 0, too, as the pods of an Indexed Job are', async () => {
    const { trials } = await opened();
    expect(inShard(trials, { index: 0, count: 3 })).toEqual(inShard(trials, { index: 3, count: 3 }));
    expect([0, 1, 2].flatMap((index) => inShard(trials, { index, count: 3 })).length).toBe(trials.length);
  });

  test('of which one lacks are not put together: it says what lacks', async () => {
    const [, ...others] = await shards(4);
    expect(() => mergeParts(others, sum)).toThrow('3 of 9 trials are in no part, such as plus, size 1, seed 1');
  });

  test('of different runs are not put together', async () => {
    const { header } = await opened();
    const part = { folder: 'a', header, trials: [] };
    const other = { folder: 'b', header: { ...header, version: '2' }, trials: [] };
    expect(() => mergeParts([part, other], sum)).toThrow('b and a are not parts of the same run: version differs');
  });
});

describe('rows', () => {
  test('hold means over the seeds and half of the 95 % interval', () => {
    const trial = (seed: number) => ({ policy: 'pack', at: { tasks: 10 }, seed });
    const rows = rowsOf([1, 2, 3].map((seed) => ({ trial: trial(seed), outcome: { measures: { cost: seed } } })));
    // t(2) = 4.30, s = 1
    expect(rows).toEqual([
      { policy: 'pack', tasks: 10, cost: 2, seeds: 3, interval: { cost: expect.closeTo(4.3 / Math.sqrt(3), 6) } },
    ]);
  });

  test('of one seed have no interval', () => {
    const rows = rowsOf([
      { trial: { policy: 'pack', at: {}, seed: 1 }, outcome: { measures: { cost: 1 }, facts: { kept: true } } },
    ]);
    expect(rows).toEqual([{ policy: 'pack', cost: 1, kept: true, seeds: 1 }]);
  });

  test('are as many as there are policies at points, and none is lost', () => {
    const anyTrial = fc.record({
      policy: fc.constantFrom('a', 'b'),
      at: fc.record({ n: fc.integer({ min: 1, max: 3 }) }),
      seed: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(anyTrial), (trials) => {
        const rows = rowsOf(trials.map((trial) => ({ trial, outcome: { measures: {} } })));
        expect(rows.length).toBe(new Set(trials.map(({ policy, at }) => `${policy} ${at.n}`)).size);
        expect(rows.reduce((all, { seeds }) => all + Number(seeds), 0)).toBe(trials.length);
      }),
    );
  });
});

describe('the result', () => {
  async function result(parameters: object = {}, seeds = 3) {
    const { open, request, header, trials } = await opened(sum, parameters);
    const path = mkdtempSync(join(folder, 'result-'));
    const some = trials.filter(({ seed }) => seed <= seeds);
    const all = await runTrials({
      trials: some,
      executor: inProcess(open),
      store: TrialStore.open(path, header),
      signal: never,
    });
    expect(readdirSync(path).toSorted()).toEqual(['run.json', 'trials.jsonl']);
    expect(readFileSync(join(path, 'trials.jsonl'), 'utf8').split('\n').length).toBe(some.length + 1);
    return documentOf(resultOf(request, header, all));
  }

  test('is a document with the parameters, what is swept, and a row for each policy at each point', async () => {
    const document = await result();
    expect({ ...document, rows: document.rows.map(({ policy, size, value }) => ({ policy, size, value })) }).toEqual({
      experiment: 'sum',
      parameters: { sizes: [1, 2], base: 10 },
      seed: 1,
      seeds: 3,
      version: '1',
      notes: [],
      by: ['size'],
      rows: [
        { policy: 'plus', size: 1, value: 11 },
        { policy: 'plus', size: 2, value: 12 },
        { policy: 'times', size: 2, value: 20 },
      ],
    });
    expect(parseDocument(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(() => parseDocument({ ...document, rows: [{ value: 1 }] })).toThrow('rows.0.policy');
  });

  test('is compared figure by figure, and what else differs is said', async () => {
    const differences = compareRuns(await result(), await result({ base: 20, sizes: [2] }));
    expect(differences.notes).toEqual(['sizes: [1,2] and [2]', 'base: 10 and 20']);
    expect(differences.rows.filter(({ figure }) => figure === 'value')).toEqual([
      { policy: 'plus', at: 'size 1', figure: 'value', a: 11 },
      { policy: 'plus', at: 'size 2', figure: 'value', a: 12, b: 22, change: 22 / 12 - 1, beyondChance: true },
      { policy: 'times', at: 'size 2', figure: 'value', a: 20, b: 40, change: 1, beyondChance: true },
    ]);
    // the same draws
    expect(differences.rows.find(({ figure, b }) => figure === 'chance' && b !== undefined)).toMatchObject({
      change: 0,
      beyondChance: false,
    });
  });
});
