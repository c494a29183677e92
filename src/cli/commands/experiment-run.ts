import { Command, InvalidArgumentError } from 'commander';
import {
  checkPolicies,
  type Experiment,
  experimentNamed,
  experiments,
  type Opened,
  type Request,
  type Shard,
  trialsOf,
} from '../../simulation/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { globalParameters, parameterOptions } from '../experiment/parameter-options.js';
import { type RunFlags, runRequest } from '../experiment/run-request.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { integer } from '../options.js';
import { versionOfPackage } from '../version.js';

const flagNames: ReadonlySet<string> = new Set(['policies', 'seed', 'seeds', 'workers', 'shard', 'out', 'json']);

/** @param words the first names the experiment, whose options are then known */
export function experimentRunCommand(io: Io, [name]: readonly string[]): Command {
  const command = new Command('run')
    .description('run an experiment, or go on with one that was interrupted')
    .addHelpText(
      'after',
      examples(
        ['penstock experiment run stability', 'tables in the terminal, a report in penstock-experiments/stability'],
        ['penstock experiment run stability --json', 'the rows as one JSON document'],
        ['penstock experiment run stability --policies max-weight,pack --seeds 3', 'two policies, three seeds'],
      ),
    );
  for (const one of experiments)
    command.addCommand(one.name === name ? runCommand(io, one) : new Command(one.name).description(one.about));
  if (name !== undefined && !experiments.some((one) => one.name === name))
    command.argument('<experiment>').action(() => {
      experimentNamed(name);
    });
  return command;
}

function runCommand(io: Io, experiment: Experiment): Command {
  const { name, about, defaults, policies, seeds } = experiment;
  const command = new Command(name)
    .description(`${about}`)
    .option(
      '--policies <list>',
      `policies to compare, of ${policies.join(', ')} (default: ${defaults.length === policies.length ? 'all' : defaults.join(',')})`,
      list,
    )
    .option('--seed <n>', 'the first seed', integer(0, 2 ** 31), 1)
    .option('--seeds <n>', `how many seeds (default: ${seeds})`, integer(1, 1000))
    .option('--workers <n>', 'trials at a time (default: as many as there are cores)', integer(1, 256))
    .option('--shard <i/n>', 'only part i of n of the trials; penstock experiment merge puts them together', shardOf)
    .option('--out <folder>', `folder of the run (default: penstock-experiments/${name})`)
    .option('--json', 'print the result as JSON');
  for (const option of parameterOptions(experiment.parameters)) command.addOption(option);
  if ('kubeconfig' in experiment.parameters.shape)
    command.addHelpText(
      'after',
      '\nWith --kubeconfig it runs on that cluster, on which an operator has to run, in namespaces whose names begin with\n--namespace (default: penstock-experiment), one trial at a time where trials would disturb one another.',
    );
  return command.action(async () => {
    const flags = command.opts<RunFlags & Record<string, unknown>>();
    const given = { ...globalsOf(command, experiment), ...ownOf(flags) };
    const wanted = flags.policies ?? defaults;
    checkPolicies(experiment, wanted);
    const opened = await experiment.open(given);
    const request = requestOf(experiment, opened, wanted, flags);
    const trials = trialsOf(experiment, opened.points, request);
    if (trials.length === 0) throw nothingToRun(wanted);
    await runRequest(io, {
      experiment,
      opened,
      request,
      given,
      version: versionOfPackage(),
      flags,
      trials,
    });
  });
}

const ownOf = (flags: object): object =>
  Object.fromEntries(Object.entries(flags).filter(([key]) => !flagNames.has(key)));

/** Those that the experiment has as parameters, as far as they are given. */
function globalsOf(command: Command, { parameters }: Experiment): object {
  const all: Readonly<Record<string, unknown>> = command.optsWithGlobals();
  const wanted = globalParameters.filter((name) => name in parameters.shape && all[name] !== undefined);
  return Object.fromEntries(wanted.map((name) => [name, all[name]]));
}

const nothingToRun = (policies: readonly string[]): CodedError =>
  new CodedError(
    'NOTHING_TO_RUN',
    `with these parameters ${policies.join(', ')} ${policies.length === 1 ? 'has' : 'have'} no trial`,
    'name other policies, or change what is swept',
    exitCodes.invalid,
  );

function requestOf(
  { name, seeds }: Experiment,
  { parameters }: Opened,
  policies: readonly string[],
  flags: RunFlags,
): Request {
  return { experiment: name, parameters, policies, seed: flags.seed, seeds: flags.seeds ?? seeds };
}

const list = (text: string): readonly string[] => [...new Set(text.split(',').map((part) => part.trim()))];

function shardOf(text: string): Shard {
  const [, index = '', count = ''] = /^([0-9]+)\/([0-9]+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (count !== '' && shard.count >= 1 && shard.index <= shard.count) return shard;
  throw new InvalidArgumentError('It must be i/n with i from 1 to n (or from 0 to n-1), such as 2/8.');
}
