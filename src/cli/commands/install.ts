import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { type Feature, featureNames, features } from '../../install/part.js';
import type { Cluster } from '../../cluster/cluster.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { minute, parseDuration } from '../../support/time.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { duration, integer } from '../options.js';
import { versionOfPackage } from '../version.js';

interface Options extends ClusterOptions {
  readonly crds?: boolean;
  readonly image: string;
  readonly replicas: number;
  readonly with?: readonly Feature[];
  readonly without?: readonly Feature[];
  readonly schedulerConfig?: string;
  readonly rebalancerConfig?: string;
  readonly print?: boolean;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly timeout: string;
}

export function installCommand(io: Io): Command {
  const version = versionOfPackage();
  return new Command('install')
    .description('install Penstock into a cluster, or bring an installation up to date')
    .option('--crds', 'only the definitions of pools and claims')
    .option('--image <image>', 'of the operator; build it from the Containerfile', `penstock:${version}`)
    .option('--replicas <n>', 'of the operator: one works, the others stand by', integer(0, 10), 2)
    .addOption(featureOption('--with <features>', 'what else, with commas between', 'out'))
    .addOption(
      featureOption('--without <features>', 'what not; deleted where it is there, the definitions excepted', 'in'),
    )
    .option(
      '--scheduler-config <file>',
      'of the scheduler, in YAML (default: the one that is installed, else use from the metrics API)',
    )
    .option(
      '--rebalancer-config <file>',
      'of the rebalancer, in YAML (default: the one that is installed, else use from the metrics API)',
    )
    .option('--print', 'print what would be installed, as YAML; needs no cluster')
    .option('--dry-run', 'ask the server what would change, and change nothing')
    .option('--no-wait', 'do not wait until the operator is available')
    .option('--timeout <duration>', 'how long to wait for it', duration, '2m')
    .addHelpText('after', `\n--namespace is the operator's own, penstock-system unless it is given.\n`)
    .addHelpText(
      'after',
      examples(
        ['penstock install', 'definitions, rights, policies and the operator; again to update them'],
        ['penstock install --dry-run', 'what it would change'],
        ['penstock install --print | kubectl apply -f -', 'with other tools'],
        ['penstock install --with scheduler,rebalancer', 'the scheduler and the rebalancer too'],
        ['penstock install --crds', 'only the definitions, for an operator that runs elsewhere'],
      ),
    )
    .action(async (_: unknown, command: Command) => act(io, command.optsWithGlobals<Options>(), version));
}

function featureOption(flags: string, about: string, which: 'in' | 'out'): Option {
  const isUsual = (name: Feature) => features[name].byDefault === which;
  // what came by --with an earlier time is taken away by --without
  const names = which === 'in' ? featureNames : featureNames.filter(isUsual);
  const list = names.map((name) => (isUsual(name) ? `${name} (${features[name].about})` : name)).join(', ');
  return new Option(flags, `${about}: ${list}`).argParser((text) => {
    const asked = text.split(',');
    const chosen = names.filter((name) => asked.includes(name));
    const unknown = asked.find((name) => !names.some((known) => known === name));
    if (unknown === undefined) return chosen;
    throw new CodedError('USAGE', `there is no ${unknown}`, `choose from ${names.join(', ')}`, exitCodes.usage);
  });
}

async function act(io: Io, options: Options, version: string): Promise<void> {
  const { defaultNamespace, install, installation, namespaceOf, rehearse, untilAvailable } = await import(
    '../../install/index.js'
  );
  const namespace = options.namespace ?? defaultNamespace;
  const { image, replicas } = options;
  const features = chosen(options);
  const given = await givenConfigurations(options, features);
  const wanted = { namespace, image, replicas, version, features, without: options.without ?? [], ...given };
  const say = ({ name, change }: { readonly name: string; readonly change: string }) =>
    io.stdout.write(`${name} ${change}${options.dryRun ? ' (dry run)' : ''}\n`);
  if (options.crds) return crds(io, options);
  if (options.print) return print(io, [namespaceOf(namespace), ...installation(wanted)]);
  await withCluster(io, options, async ({ cluster }) => {
    const all = { ...(await installedConfigurations(cluster, namespace, features)), ...wanted };
    if (options.dryRun) return rehearse(cluster, all, say);
    await install(cluster, io.clock, all, say);
    if (!options.wait) return;
    const patience = parseDuration(options.timeout) ?? 2 * minute;
    const programs = ['operator', ...configured.filter((name) => features.includes(name))] as const;
    for (const program of programs) await untilAvailable(cluster, io.clock, { namespace, program }, patience);
    const names = programs.map((name) => `the ${name}`);
    const last = names.pop() ?? '';
    const available = names.length === 0 ? `${last} is` : `${names.join(', ')} and ${last} are`;
    io.stdout.write(`${available} available in ${namespace}: penstock doctor looks it over\n`);
  });
}

/** Features that are programs with a configuration of their own. */
const configured = ['scheduler', 'rebalancer'] as const;

/** What the options name, which must be good before anything is written. */
async function givenConfigurations({ schedulerConfig, rebalancerConfig }: Options, features: readonly Feature[]) {
  for (const [name, file] of [
    ['scheduler', schedulerConfig],
    ['rebalancer', rebalancerConfig],
  ] as const)
    if (file !== undefined && !features.includes(name))
      throw new CodedError(
        'USAGE',
        `--${name}-config is for an installation with the ${name}`,
        `add --with ${name}`,
        exitCodes.usage,
      );
  const { rebalancerAccess, useOf } = await import('../../install/index.js');
  const given: { schedulerConfiguration?: string; rebalancerConfiguration?: string } = {};
  if (schedulerConfig !== undefined) {
    given.schedulerConfiguration = await readFile(schedulerConfig, 'utf8');
    useOf(given.schedulerConfiguration, schedulerConfig);
  }
  if (rebalancerConfig !== undefined) {
    given.rebalancerConfiguration = await readFile(rebalancerConfig, 'utf8');
    rebalancerAccess(given.rebalancerConfiguration, rebalancerConfig);
  }
  return given;
}

/** Those that stay where no others are given. */
async function installedConfigurations(cluster: Cluster, namespace: string, features: readonly Feature[]) {
  const { configurationThere, rebalancerConfiguration, schedulerConfiguration } = await import(
    '../../install/index.js'
  );
  const read = async (name: Feature, place: typeof schedulerConfiguration | typeof rebalancerConfiguration) =>
    features.includes(name) ? configurationThere(cluster, namespace, place) : undefined;
  const ofScheduler = await read('scheduler', schedulerConfiguration);
  const ofRebalancer = await read('rebalancer', rebalancerConfiguration);
  return {
    ...(ofScheduler !== undefined && { schedulerConfiguration: ofScheduler }),
    ...(ofRebalancer !== undefined && { rebalancerConfiguration: ofRebalancer }),
  };
}

const chosen = (options: Options): readonly Feature[] =>
  featureNames.filter(
    (name) => !options.without?.includes(name) && (features[name].byDefault === 'in' || options.with?.includes(name)),
  );

/** For clusters whose operator runs elsewhere, and for those who only may add kinds. */
async function crds(io: Io, options: Options): Promise<void> {
  if (options.print) {
    const { customResourceDefinitions } = await import('../../api/crds.js');
    return print(
      io,
      customResourceDefinitions.map((object) => ({ object })),
    );
  }
  await withCluster(io, options, async ({ cluster }) => {
    const { checkCrds, installCrds } = await import('../../cluster/crds.js');
    if (options.dryRun) {
      for (const { kind, state, sentence } of await checkCrds(cluster)) {
        const plan = {
          ok: 'stays',
          missing: 'would be created',
          older: 'would be updated',
          newer: 'would be refused',
        };
        io.stdout.write(`${kind} ${plan[state]}: ${sentence}\n`);
      }
      return;
    }
    for (const { name, change } of await installCrds(cluster, io.clock)) io.stdout.write(`${name} ${change}\n`);
  });
}

async function print(io: Io, parts: readonly { readonly object: object }[]): Promise<void> {
  const { stringify } = await import('yaml');
  for (const { object } of parts) {
    io.stdout.write(`---\n${stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })}`);
  }
}
