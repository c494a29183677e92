// @ts-check
/**
 * node examples/ci-runner/main.js --shards 4 --script test.sh [--pool ci-runners] [--name build-4711] [--deadline 2m]
 *                                 [--kubeconfig FILE] [--context NAME] [--namespace NAME] [--try] [-- COMMAND…]
 *
 * Runs a script in as many containers as there are shards. COMMAND runs it in one of them: {namespace}, {name} and {container}
 * are what kubectl needs of it, {ip} is its address, and SHARD and SHARDS are in the command's environment too. Without a
 * COMMAND, kubectl runs it. --try makes a cluster in this process, in which no container really runs: give it a COMMAND that
 * does its work here.
 *
 * Exit code: 0; 1 when a shard failed; 75 when there were no containers in time, and trying again may help; 130 after Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Penstock, PenstockError } from 'penstock';
import { runJob } from './job.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shards: { type: 'string', default: '2' },
    script: { type: 'string' },
    pool: { type: 'string', default: 'ci-runners' },
    name: { type: 'string' },
    deadline: { type: 'string' },
    kubeconfig: { type: 'string' },
    context: { type: 'string' },
    namespace: { type: 'string' },
    try: { type: 'boolean', default: false },
  },
});
const { shards, script, pool, name, deadline, kubeconfig, context, namespace } = values;

const inContainer = 'until [ -e /tmp/environment ]; do sleep 0.1; done; . /tmp/environment; exec /etc/penstock/job.sh';
const kubectl = [
  'kubectl',
  ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
  ...(context === undefined ? [] : ['--context', context]),
  'exec',
  '--namespace',
  '{namespace}',
  '{name}',
  '--container',
  '{container}',
  '--',
  'sh',
  '-c',
  inContainer,
];
const command = positionals.length > 0 ? positionals : kubectl;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort());

/** @param {string} line */
const log = (line) => void process.stderr.write(`${line}\n`);

/**
 * Runs the command for one container; an abort ends it.
 * @param {import('penstock').Container} container
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
function run(container, signal) {
  const [file = '', ...args] = command.map((word) =>
    word
      .replaceAll('{name}', container.name)
      .replaceAll('{namespace}', container.namespace)
      .replaceAll('{container}', container.pod.metadata.annotations?.['penstock.dev/main-container'] ?? '')
      .replaceAll('{ip}', container.ip ?? ''),
  );
  const env = { ...process.env, SHARD: String(container.index), SHARDS: shards };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env, signal });
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}

/** @returns {Promise<{ readonly penstock: Penstock, readonly end: () => Promise<void> }>} */
async function connect() {
  if (!values.try) {
    const penstock = await Penstock.connect({
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
      ...(namespace !== undefined && { namespace }),
    });
    return { penstock, end: async () => penstock.close() };
  }
  const { TestCluster } = await import('penstock/testing');
  const cluster = await TestCluster.start();
  await cluster.apply(readFileSync(new URL('pool.yaml', import.meta.url), 'utf8'));
  return { penstock: await cluster.connect(), end: () => cluster.stop() };
}

async function main() {
  const { penstock, end } = await connect();
  try {
    const job = {
      pool,
      shards: Number(shards),
      script: script === undefined ? '#!/bin/sh\necho "shard $SHARD of $SHARDS"\n' : readFileSync(script, 'utf8'),
      ...(name !== undefined && { name }),
      ...(deadline !== undefined && { deadline }),
    };
    const codes = await runJob(penstock, job, { run, signal: interruption.signal, log });
    return codes.every((code) => code === 0) ? 0 : 1;
  } finally {
    await end();
  }
}

process.exitCode = await main().catch((error) => {
  if (interruption.signal.aborted) {
    log('interrupted');
    return 130;
  }
  if (!(error instanceof PenstockError)) throw error;
  log(`error (${error.code}): ${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`);
  return error.code === 'CLAIM_TIMED_OUT' || error.code === 'CLAIM_UNATTENDED' ? 75 : 1;
});
