import { expect, it } from 'vitest';
import { NotFound } from '../cluster/errors.js';
import { eachName } from './each-name.js';
import { failureOf } from './failure.js';

const signal = new AbortController().signal;

it('does the others where one fails, and tells what failed', async () => {
  const done: string[] = [];
  const act = async (name: string) => {
    if (name.startsWith('bad')) throw new NotFound(`there is no ${name}`);
    done.push(name);
  };
  await expect(eachName(['a', 'bad', 'b'], signal, act)).rejects.toThrow('there is no bad');
  expect(done).toEqual(['a', 'b']);
  const failed = await eachName(['bad-1', 'c', 'bad-2'], signal, act).catch((error: unknown) => error);
  expect(done).toEqual(['a', 'b', 'c']);
  expect(failureOf(failed, { server: 'the cluster' }).lines).toEqual([
    expect.stringContaining('there is no bad-1'),
    expect.stringContaining('there is no bad-2'),
  ]);
});

it('begins nothing more once it is interrupted', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  const act = async (name: string) => {
    done.push(name);
    stop.abort(new Error('interrupted'));
  };
  await expect(eachName(['a', 'b'], stop.signal, act)).rejects.toThrow('interrupted');
  expect(done).toEqual(['a']);
});
