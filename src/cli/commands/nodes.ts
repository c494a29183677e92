import { Command, Option } from 'commander';
import { builtInControllers } from '../../embedded/controllers/index.js';
import { instant, mediumNode, realistic, SimulatedNodes, simulatedLabel } from '../../embedded/nodes/index.js';
import { createManager } from '../../runtime/index.js';
import { createLogger } from '../../support/json-logger.js';
import { seededRandom } from '../../support/random.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { given, integer, quantity } from '../options.js';
import { untilInterrupted } from '../until-interrupted.js';

interface Options extends ClusterOptions {
  readonly count?: number;
  readonly name: string;
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
  readonly profile: keyof typeof profiles;
  readonly seed: number;
  readonly taint: boolean;
  readonly schedule?: string | true;
}

const profiles = { realistic, instant };

export function nodesCommand(io: Io): Command {
  const { cpu = '', memory = '' } = mediumNode.capacity;
  return new Command('nodes')
    .description('simulate nodes for any API server, until Ctrl-C')
    .option('--count <n>', 'how many', integer(1, 10_000))
    .option('--name <name>', 'of the simulation: its nodes are NAME-0, NAME-1 and so on', 'sim')
    .option('--cpu <quantity>', 'of each node', quantity, cpu)
    .option('--memory <quantity>', 'of each node', quantity, memory)
    .option('--pods <n>', 'that fit on each node', integer(1, 1000), 110)
    .addOption(
      new Option('--profile <name>', 'how long pods take to start').choices(Object.keys(profiles)).default('realistic'),
    )
    .option('--seed <n>', 'another seed, other start-up times', integer(0, 2 ** 31), 1)
    .option('--no-taint', 'let pods land here that know nothing of simulated nodes')
    .option('--schedule [scheduler]', 'also bind the pods of this scheduler, for clusters without one')
    .addHelpText(
      'after',
      examples(
        ['penstock nodes --count 50', 'for pods that tolerate the taint penstock.dev/simulated'],
        ['penstock nodes --count 50 --no-taint --schedule', 'for an API server with no nodes and no scheduler'],
      ),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withCluster(io, options, ({ cluster, server }) => simulate(io, options, cluster, server));
    });
}

async function simulate(
  io: Io,
  options: Options,
  cluster: Parameters<typeof createManager>[0]['cluster'],
  server: string,
): Promise<void> {
  const { name, cpu, memory, pods, profile, seed, taint, schedule } = options;
  const count = given('nodes', '--count N', options.count);
  const { clock } = io;
  const random = seededRandom(seed);
  const logger = createLogger('warn', clock);
  const nodes = new SimulatedNodes({
    cluster,
    clock,
    random: random.split('nodes'),
    logger,
    count,
    name,
    profile: profiles[profile],
    node: {
      capacity: { ...mediumNode.capacity, cpu, memory, pods: String(pods) },
      ...(taint && { taints: [{ key: simulatedLabel, value: name, effect: 'NoSchedule' }] }),
    },
  });
  const scheduler = createManager({ cluster, clock, random: random.split('scheduler'), logger });
  try {
    await nodes.start();
    if (schedule !== undefined) {
      const schedulerName = schedule === true ? 'default-scheduler' : schedule;
      builtInControllers({ manager: scheduler, clock, controllers: ['scheduler'], schedulerNames: [schedulerName] });
      await scheduler.start();
    }
    io.stdout.write(`${count} simulated nodes ${name}-0 to ${name}-${count - 1} on ${server}; Ctrl-C removes them\n`);
    await untilInterrupted(io);
  } finally {
    io.stdout.write('removing the simulated nodes and the pods on them\n');
    await scheduler.stop();
    await nodes.remove();
  }
}
