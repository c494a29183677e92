import { basename } from 'node:path';
import { seededRandom } from '../support/random.js';
import { WallClock } from '../support/wall-clock.js';
import { Interrupted, type Io } from './io.js';
import { run } from './program.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // asked twice: whoever asks does not want to wait for the cleaning up
    if (interruption.signal.aborted) {
      process.stderr.write('stopped at once: what was still to be cleared up is left as it is\n');
      process.exit(130);
    }
    interruption.abort(new Interrupted(signal));
  });
}
// `penstock pool list | head` closes the pipe: that is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const clock = new WallClock();
const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  },
  environment: process.env,
  clock,
  random: seededRandom(`${process.pid}/${clock.now()}`),
  interrupted: interruption.signal,
  connect: async (options, logger) => {
    const { connect } = await import('../cluster/kubernetes/connect.js');
    return connect({ ...options, prompts: 'allowed' }, { clock, logger });
  },
};

// kubectl finds its plugins by their file names on the PATH, and calls them by these
const [, file = '', ...argv] = process.argv;
const isPlugin = basename(file).startsWith('kubectl-penstock');
process.exitCode = await run(argv, io, isPlugin ? 'kubectl penstock' : undefined);
