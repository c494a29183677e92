import type { Logger } from '../support/log.js';
import type { Io } from './io.js';

/** Resolves with Ctrl-C and SIGTERM: for commands that end that way. */
export function untilInterrupted({ interrupted }: Pick<Io, 'interrupted'>): Promise<void> {
  if (interrupted.aborted) return Promise.resolve();
  return new Promise((resolve) => interrupted.addEventListener('abort', () => resolve(), { once: true }));
}

/** What runs until it is stopped: `start` resolves when it works, and throws when it cannot. */
interface Program {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a program until Ctrl-C or SIGTERM. Throws what its start throws. */
export async function runUntilInterrupted(
  io: Pick<Io, 'interrupted'>,
  logger: Logger,
  program: Program,
  started: () => void = () => undefined,
): Promise<void> {
  const start = program.start();
  void start.then(started, () => undefined);
  const interrupted = untilInterrupted(io);
  await Promise.race([start, interrupted]);
  await interrupted;
  logger.info('stopping');
  await program.stop();
  await start.catch(() => undefined);
}
