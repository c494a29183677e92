import { Command } from 'commander';
import type { Io } from '../io.js';
import { integer } from '../options.js';

interface Options {
  readonly containers: number;
  readonly claim: number;
  readonly seed: number;
}

export function demoCommand(io: Io): Command {
  return new Command('demo')
    .description('stock a pool, deliver a batch from it, and compare with a cold start')
    .option('--containers <n>', 'containers to keep in stock', integer(3, 5000), 200)
    .option('--claim <n>', 'containers to claim', integer(3, 5000), 100)
    .option('--seed <n>', 'another seed, other simulated start-up times', integer(0, 2 ** 31), 1)
    .action(async (options: Options) => {
      const { demoInProcess } = await import('../demo/demo.js');
      await demoInProcess(io, options);
    });
}
