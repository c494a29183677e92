// @ts-check
/**
 * A job of a CI runner: a script that runs in many containers at once, each with its part of the work. This is what a program
 * does with Penstock; how it is called is in main.js, how it is tested without a cluster in job.test.js.
 *
 * @typedef {object} Job
 * @property {string} pool where its containers come from
 * @property {number} shards how many containers; each finds its number in SHARD and how many there are in SHARDS
 * @property {string} script the shell script that each runs
 * @property {string} [name] of the claim: a runner that starts anew under the same name finds the containers it had
 * @property {string} [deadline] how long to wait for the containers
 *
 * @typedef {object} Surroundings
 * @property {(container: import('penstock').Container, signal: AbortSignal) => Promise<number>} run
 *   runs the script in a container, and gives its exit code
 * @property {AbortSignal} signal aborted when nobody wants the result any more
 * @property {(line: string) => void} log
 */

/**
 * Takes the containers, runs the script in all of them, gives them back whatever happens.
 *
 * @param {import('penstock').Penstock} penstock
 * @param {Job} job
 * @param {Surroundings} surroundings
 * @returns {Promise<readonly number[]>} the exit codes, by shard
 */
export async function runJob(penstock, { pool, shards, script, name, deadline = '2m' }, { run, signal, log }) {
  const claim = await penstock.claim(
    {
      ...(name !== undefined && { name }),
      pool,
      deadline,
      // should this program be killed: then nobody releases the claim, and its containers end all the same
      lifetime: '1h',
      labels: { 'app.kubernetes.io/managed-by': 'ci-runner' },
      items: Array.from({ length: shards }, (_, shard) => ({
        name: `shard-${shard}`,
        count: 1,
        env: { SHARD: String(shard), SHARDS: String(shards) },
        files: { 'job.sh': { content: script, mode: '0755' } },
      })),
    },
    { signal },
  );
  try {
    await claim.waitUntilReady({
      signal,
      onProgress: ({ ready, desired, sentence }) =>
        log(`claim ${claim.name}: ${ready} of ${desired} ready (${sentence})`),
    });
    const containers = await claim.containers({ signal });
    return await Promise.all(
      containers.map(async (container) => {
        const code = await run(container, signal);
        log(`${container.item} in ${container.name} on ${container.node}: exit code ${code}`);
        return code;
      }),
    );
  } finally {
    // without the signal: they are to be given back above all when it is aborted
    await claim.release();
    log(`claim ${claim.name} released`);
  }
}
