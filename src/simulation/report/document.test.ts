import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { sampleResult } from '../../../test/simulation/sample-report.js';
import { experimentNamed } from '../experiments/index.js';
import { inProcess, resultOf, runTrials } from '../run/run-experiment.js';
import { trialsOf } from '../run/trials.js';
import { documentOf, parseDocument } from './document.js';

const file = 'docs/reference/experiment-result.schema.json';
const published = z.fromJSONSchema(JSON.parse(readFileSync(file, 'utf8')));

async function stability() {
  const experiment = experimentNamed('stability');
  const opened = await experiment.open({ slots: 200, offeredSlots: 100 });
  const request = {
    experiment: 'stability',
    parameters: opened.parameters,
    policies: ['max-weight', 'pack'],
    seed: 1,
    seeds: 2,
  };
  const results = await runTrials({
    trials: trialsOf(experiment, opened.points, request),
    executor: inProcess(opened),
    store: new Outcomes(),
    signal: new AbortController().signal,
  });
  return resultOf(request, { notes: opened.notes, version: '0.1.0' }, results);
}

type Kept = Parameters<Parameters<typeof runTrials>[0]['store']['keep']>[0];

class Outcomes extends Map<string, Kept> {
  outcomeOf(trial: object) {
    return this.get(JSON.stringify(trial))?.outcome;
  }
  keep(result: Kept) {
    this.set(JSON.stringify(result.trial), result);
  }
}

test('the result of an experiment is what the published schema says', async () => {
  const document: unknown = JSON.parse(JSON.stringify(documentOf(await stability())));
  expect(published.safeParse(document).error).toBeUndefined();
  expect(parseDocument(document)).toEqual(document);
});

test.each([
  ['a field that is not known', { more: 1 }],
  ['no seed', { seed: undefined }],
  ['seeds below one', { seeds: 0 }],
  ['a row without a policy', { rows: [{ seeds: 1 }] }],
  ['a column that is a list', { rows: [{ policy: 'a', seeds: 1, curve: [1, 2] }] }],
  ['a column that is an object', { rows: [{ policy: 'a', seeds: 1, figures: { a: 1 } }] }],
])('the published schema refuses %s', (_, change) => {
  const document = documentOf(sampleResult);
  expect(published.safeParse(document).success).toBe(true);
  expect(published.safeParse(JSON.parse(JSON.stringify({ ...document, ...change }))).success).toBe(false);
});
