import { Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from '../support/errors.js';
import { failureOf, oneLine } from './failure.js';
import type { Io } from './io.js';
import { palette } from './output/palette.js';

/** A command, loaded when it is asked for: the others shall not slow down its start. */
interface Entry {
  readonly name: string;
  readonly about: string;
  load(io: Io): Promise<Command>;
}

const entries: readonly Entry[] = [
  {
    name: 'demo',
    about: 'see it work: in this process, or on a real API server',
    load: async (io) => (await import('./commands/demo.js')).demoCommand(io),
  },
];

/** Runs one command line, without the name of the program. Returns the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const red = palette(io.stderr, io.environment).red;
  try {
    const program = await createProgram(argv, io);
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { line, exitCode } = failureOf(error, { server: 'the cluster' });
    io.stderr.write(`${red('error:')} ${line}\n`);
    return exitCode;
  }
}

async function createProgram(argv: readonly string[], io: Io): Promise<Command> {
  const program = new Command('penstock')
    .description('Pools of ready containers for Kubernetes, delivered in batches.')
    .option('--kubeconfig <file>', 'where the cluster is; default: $KUBECONFIG, ~/.kube/config, or the pod it runs in')
    .option('--context <name>', 'the context of the kubeconfig to use')
    .option('-n, --namespace <name>', 'the namespace; default: that of the context');
  const chosen = nameOfCommand(argv);
  for (const entry of entries) {
    program.addCommand(entry.name === chosen ? await entry.load(io) : new Command(entry.name).description(entry.about));
  }
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
        outputError: (text, write) => write(`${oneLine(text)}\n`),
      });
  }
  return program;
}

const withValue = new Set(['--kubeconfig', '--context', '-n', '--namespace']);

/** The first word that is neither an option nor the value of one. */
function nameOfCommand(argv: readonly string[]): string | undefined {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (withValue.has(word)) i++;
    else if (!word.startsWith('-') && word !== 'help') return word;
  }
  return undefined;
}
