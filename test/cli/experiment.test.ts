import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { experiments } from '../../src/simulation/experiments/index.js';
import { parseDocument } from '../../src/simulation/report/document.js';
import { penstock } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'penstock-experiment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const quick = ['--slots', '300', '--offered-slots', '200', '--offered', '0.7', '--workers', '1', '--seeds', '2'];
const run = (out: string, ...words: readonly string[]) =>
  penstock(['experiment', 'run', 'stability', ...quick, '--out', at(out), ...words]);

describe('penstock experiment', () => {
  test('lists every experiment with what it shows', async () => {
    const { exitCode, stdout } = await penstock(['experiment', 'list']);
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n').length).toBe(experiments.length + 1);
  });

  test('prints the rows as one document, and keeps result, rows and trials in the folder of the run', async () => {
    const { exitCode, stdout } = await run('json', '--policies', 'max-weight,best-fit', '--json');
    expect(exitCode).toBe(0);
    const document = parseDocument(JSON.parse(stdout));
    expect(document.rows.map(({ policy, jobs, seeds }) => [policy, jobs, seeds])).toEqual([
      ['max-weight', 'overlapping', 2],
      ['best-fit', 'overlapping', 2],
      ['max-weight', 'ec2', 2],
      ['best-fit', 'ec2', 2],
    ]);
    expect(JSON.parse(readFileSync(join(at('json'), 'result.json'), 'utf8'))).toEqual(document);
    expect(readdirSync(at('json'))).toEqual(expect.arrayContaining(['finished.jsonl', 'result.csv', 'run.json']));
  });

  test('goes on where it was killed', async () => {
    await run('whole', '--policies', 'max-weight,pack');
    const lines = readFileSync(join(at('whole'), 'finished.jsonl'), 'utf8').split('\n');
    await run('killed', '--policies', 'max-weight,pack');
    rmSync(join(at('killed'), 'finished.jsonl'));
    writeFileSync(join(at('killed'), 'trials.jsonl'), `${lines.slice(0, 5).join('\n')}\n{"trial`);
    const { stderr } = await run('killed', '--policies', 'max-weight,pack');
    expect(stderr).toContain('Running stability: 8 trials, 5 of them done before');
    expect(readFileSync(join(at('killed'), 'result.json'), 'utf8')).toBe(
      readFileSync(join(at('whole'), 'result.json'), 'utf8'),
    );
  });

  test('that is interrupted leaves what is done, and no result', async () => {
    const interrupt = new AbortController();
    interrupt.abort(new Error('interrupted'));
    const { exitCode } = await penstock(['experiment', 'run', 'stability', ...quick, '--out', at('interrupted')], {
      interrupted: interrupt.signal,
    });
    expect(exitCode).not.toBe(0);
    expect(existsSync(join(at('interrupted'), 'result.json'))).toBe(false);
    expect(existsSync(join(at('interrupted'), 'run.json'))).toBe(true);
  });

  test('runs as shards, whose parts are put together', async () => {
    const whole = await run('one', '--policies', 'pack,balance', '--json');
    for (const index of [1, 2, 3]) await run(`parts/${index}`, '--policies', 'pack,balance', '--shard', `${index}/3`);
    const merged = await penstock(['experiment', 'merge', at('parts'), '--out', at('merged'), '--json']);
    expect(merged.stdout).toBe(whole.stdout);
    const some = await penstock(['experiment', 'merge', at('parts/1'), at('parts/2'), '--out', at('merged')]);
    expect(some.exitCode).toBe(1);
    expect(some.stderr).toContain('trials are in no part');
  });

  test('compares two runs figure by figure', async () => {
    await run('a', '--policies', 'pack');
    await run('b', '--policies', 'pack', '--probability', '0.2');
    const { exitCode, stdout, stderr } = await penstock(['experiment', 'compare', at('a'), at('b')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^POLICY +AT +FIGURE +A +B +CHANGE/);
    expect(stderr).toContain('note: probability: 0.1 and 0.2');
  });
});

describe('a mistake is one line that says what is wrong and what to do', () => {
  test.each([
    [['run', 'stabilty'], 'there is no experiment stabilty; did you mean stability?'],
    [['run', 'stability', '--policies', 'max-wait'], 'does not compare max-wait; did you mean max-weight?'],
    [['run', 'stability', '--slots', 'many'], 'It must be a number'],
    [['run', 'stability', '--slots', '0'], 'slots must be 1 or more, is 0'],
    [['run', 'stability', '--probability', '2'], 'probability must be at most 1, is 2'],
    [['run', 'cost', '--policies', 'genetic', '--tasks', '100000'], 'with these parameters genetic has no trial'],
    [['run', 'stability', '--shard', '5/4'], 'It must be i/n'],
    [['run', 'stability', '--seeds', '0'], 'It must be 1 or more'],
    [['run', 'packing', '--trace', '/nonexistent'], 'experiment packing: there is no /nonexistent'],
    [['run', 'sizing', '--arrivals', 'openb'], 'arrivals openb: it needs a folder with'],
    [['compare', '/nonexistent', '/nonexistent'], '/nonexistent is not the result of an experiment'],
    [['merge', '/nonexistent', '--out', '/tmp/penstock-nowhere'], '/nonexistent holds no part of a run'],
  ])('%j', async (words, sentence) => {
    const { exitCode, stdout, stderr } = await penstock(['experiment', ...words]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});
