import { Command, CommanderError } from 'commander';
import { exitCodes } from '../support/errors.js';
import { addEntries, type Entry } from './entry.js';
import { failureOf, oneLine } from './failure.js';
import type { Io } from './io.js';
import { palette } from './output/palette.js';
import { versionOfPackage } from './version.js';

const entries: readonly Entry[] = [
  {
    name: 'demo',
    about: 'see it work: in this process, or on a real API server',
    load: async (io) => (await import('./commands/demo.js')).demoCommand(io),
  },
  {
    name: 'install',
    about: 'install Penstock into a cluster, or bring an installation up to date',
    load: async (io) => (await import('./commands/install.js')).installCommand(io),
  },
  {
    name: 'uninstall',
    about: 'take Penstock out of a cluster; containers in use run on',
    load: async (io) => (await import('./commands/uninstall.js')).uninstallCommand(io),
  },
  {
    name: 'doctor',
    about: 'look a cluster over: what is wrong, and what to do about it',
    load: async (io) => (await import('./commands/doctor.js')).doctorCommand(io),
  },
  {
    name: 'run',
    about: 'run the operator',
    load: async (io) => (await import('./commands/run.js')).runCommand(io),
  },
  {
    name: 'scheduler',
    about: 'run the scheduler, or list its policies',
    load: async (io) => (await import('./commands/scheduler.js')).schedulerCommand(io),
  },
  {
    name: 'rebalance',
    about: 'move load off hot nodes and empty lightly used ones, or say what would be done',
    load: async (io) => (await import('./commands/rebalance.js')).rebalanceCommand(io),
  },
  {
    name: 'explain',
    about: 'say of every node why a pod can or cannot go there',
    load: async (io) => (await import('./commands/explain.js')).explainCommand(io),
  },
  {
    name: 'extender',
    about: "answer an existing kube-scheduler's questions by the same policies",
    load: async (io) => (await import('./commands/extender.js')).extenderCommand(io),
  },
  {
    name: 'pool',
    about: 'create, list, describe, scale and delete pools',
    load: async (io, words) => (await import('./commands/pool.js')).poolCommand(io, words),
  },
  {
    name: 'claim',
    about: 'create, list, describe and delete claims, and list their containers',
    load: async (io, words) => (await import('./commands/claim.js')).claimCommand(io, words),
  },
  {
    name: 'migrate',
    about: 'move running containers from one workload to another',
    load: async (io) => (await import('./commands/migrate.js')).migrateCommand(io),
  },
  {
    name: 'migration',
    about: 'list, describe, pause, resume and cancel migrations',
    load: async (io) => (await import('./commands/migration.js')).migrationCommand(io),
  },
  {
    name: 'line',
    about: 'list and describe production lines, print the built-in one',
    load: async (io, words) => (await import('./commands/line.js')).lineCommand(io, words),
  },
  {
    name: 'deliver',
    about: 'claim containers, wait until they are ready, and print them',
    load: async (io) => (await import('./commands/deliver.js')).deliverCommand(io),
  },
  {
    name: 'experiment',
    about: 'compare scheduling policies in simulations',
    load: async (io, words) => (await import('./commands/experiment.js')).experimentCommand(io, words),
  },
  {
    name: 'snapshot',
    about: 'write what there is in a cluster into a file, or say what is in one',
    load: async (io) => (await import('./commands/snapshot.js')).snapshotCommand(io),
  },
  {
    name: 'nodes',
    about: 'simulate nodes for any API server',
    load: async (io) => (await import('./commands/nodes.js')).nodesCommand(io),
  },
];

/** What it is called, unless it is told otherwise: so it stands in examples and in messages. */
const plainName = 'penstock';

/**
 * Runs one command line, without the name of the program. Returns the exit code.
 * @param name what the program is called on this machine, such as `kubectl penstock`
 */
export async function run(argv: readonly string[], io: Io, name = plainName): Promise<number> {
  const red = palette(io.stderr, io.environment).red;
  try {
    const program = await createProgram(argv, io, name);
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { lines, exitCode } = failureOf(error, { server: 'the cluster' });
    for (const line of lines) io.stderr.write(`${red('error:')} ${called(name, line)}\n`);
    return exitCode;
  }
}

const ownLines = new RegExp(`(?<![-\\w./])${plainName} (?=(\\[|--help|\\w+))`, 'g');
const afterName: ReadonlySet<string> = new Set(['[', '--help', ...entries.map((entry) => entry.name)]);

/** Lets the command lines in a text begin with the name by which the program was called. */
const called = (name: string, text: string): string =>
  name === plainName
    ? text
    : text.replaceAll(ownLines, (own: string, next: string) => (afterName.has(next) ? `${name} ` : own));

async function createProgram(argv: readonly string[], io: Io, name: string): Promise<Command> {
  const program = new Command(plainName)
    .description('Pools of ready containers for Kubernetes, delivered in batches.')
    .option('--kubeconfig <file>', 'where the cluster is; default: $KUBECONFIG, ~/.kube/config, or the pod it runs in')
    .option('--context <name>', 'the context of the kubeconfig to use')
    .option('-n, --namespace <name>', 'the namespace; default: that of the context')
    .version(versionOfPackage(), '--version', 'print the version');
  await addEntries(program, entries, io, wordsOf(argv));
  configure(program, io, name, plainName);
  return program;
}

/** Output through `io`, mistakes on one line, no exit of the process: for a command and all below it. */
function configure(command: Command, io: Io, name: string, path: string): void {
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({
      writeOut: (text) => io.stdout.write(called(name, text)),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(called(name, `${oneLine(text).replace(/\.$/, '')}; see ${path} --help\n`)),
    });
  for (const below of command.commands) configure(below, io, name, `${path} ${below.name()}`);
}

const withValue = new Set(['--kubeconfig', '--context', '-n', '--namespace']);

/** The words that are neither options nor the values of those that every command has: a command's name comes first. */
function wordsOf(argv: readonly string[]): readonly string[] {
  return argv.filter((word, at) => !word.startsWith('-') && word !== 'help' && !withValue.has(argv[at - 1] ?? ''));
}
