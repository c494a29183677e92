import { Command, Option } from 'commander';
import type { Finding, Verdict } from '../../install/index.js';
import { CodedError } from '../../support/errors.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { palette } from '../output/palette.js';
import { versionOfPackage } from '../version.js';

const formats = ['text', 'json', 'yaml'] as const;

interface Options extends ClusterOptions {
  readonly output: (typeof formats)[number];
}

export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .description('look a cluster over: what is wrong, and what to do about it')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(formats).default('text'))
    .addHelpText(
      'after',
      "\n--namespace is the operator's own; without it the operator is looked for. Nothing is changed. What you may not see is\nsaid to be unknown. Ends with 1 when there is a problem.\n",
    )
    .addHelpText(
      'after',
      examples(
        ['penstock doctor', 'everything that you may see'],
        ['penstock doctor -o json | jq \'.findings[] | select(.verdict == "problem")\'', 'for programs'],
      ),
    )
    .action(async (_: unknown, command: Command) => act(io, command.optsWithGlobals<Options>()));
}

async function act(io: Io, options: Options): Promise<void> {
  const { examine } = await import('../../install/index.js');
  // what of the line says where the operator is does not say where the asker's own things are
  const { namespace: home, ...own } = options;
  const findings = await withCluster(io, own, ({ cluster, server, namespace, document }) =>
    examine({ cluster, clock: io.clock, server, document, version: versionOfPackage(), home, namespace }),
  );
  await print(io, options.output, findings);
  const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
  if (problems > 0)
    throw new CodedError('DOCTOR_PROBLEMS', `${problems} problem${problems === 1 ? '' : 's'} found, see above`);
}

async function print(io: Io, format: Options['output'], findings: readonly Finding[]): Promise<void> {
  const { stdout } = io;
  if (format === 'json') stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
  else if (format === 'yaml') stdout.write((await import('yaml')).stringify({ findings }));
  else stdout.write(textOf(io, findings));
}

function textOf({ stdout, environment }: Io, findings: readonly Finding[]): string {
  const { green, dim, yellow, red } = palette(stdout, environment);
  const colour = { ok: green, unknown: dim, warning: yellow, problem: red } as const satisfies Record<Verdict, unknown>;
  const [verdicts, checks] = [widest(Object.keys(colour)), widest(findings.map(({ check }) => check))];
  const lines = findings.map(({ check, verdict, sentence, cure }) => {
    const said = `${colour[verdict](verdict.padEnd(verdicts))}  ${check.padEnd(checks)}  ${sentence}\n`;
    return cure === undefined ? said : `${said}${' '.repeat(verdicts + checks + 4)}→ ${cure}\n`;
  });
  return lines.join('');
}

const widest = (words: readonly string[]) => Math.max(...words.map(({ length }) => length));
