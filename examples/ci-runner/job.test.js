// @ts-check
/** The job without a cluster: `node --test examples/ci-runner`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { TestCluster } from 'penstock/testing';
import { runJob } from './job.js';

const job = { pool: 'ci-runners', shards: 3, script: 'exit 0\n' };
const never = new AbortController().signal;
const log = () => {};

/** @type {TestCluster} */
let cluster;
/** @type {import('penstock').Penstock} */
let penstock;

before(async () => {
  cluster = await TestCluster.start();
  await cluster.apply(readFileSync(new URL('pool.yaml', import.meta.url), 'utf8'));
  penstock = await cluster.connect();
});
after(() => cluster.stop());

test('each shard has its own container, and its exit code counts', async () => {
  const codes = await runJob(penstock, job, { run: async ({ index }) => index, signal: never, log });
  assert.deepEqual(codes, [0, 1, 2]);
  assert.deepEqual(await penstock.claims(), []);
});

test('a container that fails takes the others with it, and all are given back', async () => {
  const run = async () => {
    throw new Error('the network is down');
  };
  await assert.rejects(runJob(penstock, job, { run, signal: never, log }), /network is down/);
  assert.deepEqual(await penstock.claims(), []);
});

test('an abort gives the containers back', async () => {
  const abort = new AbortController();
  const run = async () => {
    abort.abort();
    abort.signal.throwIfAborted();
    return 0;
  };
  await assert.rejects(runJob(penstock, job, { run, signal: abort.signal, log }), { name: 'AbortError' });
  assert.deepEqual(await penstock.claims(), []);
});

test('too few runners within the deadline', async () => {
  const tooMany = { ...job, shards: 64, deadline: '1s' };
  const slow = await TestCluster.start({ startUp: 'realistic' });
  try {
    await slow.apply(readFileSync(new URL('pool.yaml', import.meta.url), 'utf8'));
    const outcome = runJob(await slow.connect(), tooMany, { run: async () => 0, signal: never, log });
    await assert.rejects(outcome, { code: 'CLAIM_TIMED_OUT' });
  } finally {
    await slow.stop();
  }
});
