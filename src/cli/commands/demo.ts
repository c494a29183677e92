import { Command } from 'commander';
import type { Io } from '../io.js';
import type { ClusterOptions } from '../connection.js';
import { examples } from '../help.js';
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
    .addHelpText(
      'after',
      examples(
        ['penstock demo', 'in this process, no cluster needed'],
        ['penstock demo --containers 1000 --claim 500', 'more of it'],
        ['penstock demo --kubeconfig ~/.kube/config', 'on a real API server; leaves nothing behind'],
      ),
    )
    .action(async (options: Options, command: Command) => {
      const { demoInProcess, demoOnServer } = await import('../demo/demo.js');
      const { kubeconfig, context } = command.optsWithGlobals<ClusterOptions>();
      if (kubeconfig === undefined && context === undefined) return demoInProcess(io, options);
      return demoOnServer(io, {
        ...options,
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(context === undefined ? {} : { context }),
      });
    });
}
