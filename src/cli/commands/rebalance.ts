import { Command, Option } from 'commander';
import type { Key } from '../../api/meta/resource.js';
import { type ConfiguredRebalancer, createRebalancer } from '../../operator/index.js';
import { type Plan, rebalancerMetrics, rebalancerPorts } from '../../rebalancer/index.js';
import { countedCluster, keepAliveHttpClient, RuntimeMetrics, serveHealth, serveMetrics } from '../../runtime/index.js';
import { type SchedulerCache, useMetrics, UseTracker } from '../../scheduler/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { createLogger } from '../../support/json-logger.js';
import { silentLogger } from '../../support/log.js';
import { type Duration, second } from '../../support/time.js';
import { withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { integer } from '../options.js';
import { planText } from '../output/plan.js';
import { rebalancerConfigurationOf } from '../rebalancer-configuration.js';
import { addServingOptions, electionOf, hostOf, type ServingOptions } from '../serving-options.js';
import { runUntilInterrupted } from '../until-interrupted.js';

interface Options extends ServingOptions {
  readonly config?: string;
  readonly dryRun: boolean;
  readonly samples: number;
  readonly output?: 'table' | 'json';
}

const leaseName = 'penstock-rebalancer';
/** How long a dry run waits for the first reading of the use of nodes. */
const patience: Duration = 30 * second;

export function rebalanceCommand(io: Io): Command {
  const command = new Command('rebalance')
    .description('move load off hot nodes and empty lightly used ones, until SIGTERM or Ctrl-C')
    .option(
      '--config <file>',
      'configuration in YAML (default: the rules that are documented, use from metrics.k8s.io)',
    )
    .option('--dry-run', 'print what would be done now, and end', false)
    .option('--samples <n>', 'with --dry-run: readings by which nodes are judged', integer(1, 30), 1)
    .addOption(new Option('-o, --output <format>', 'with --dry-run: output format').choices(['table', 'json']));
  return addServingOptions(command, rebalancerPorts)
    .addHelpText(
      'after',
      examples(
        ['penstock rebalance --dry-run', 'which containers would be moved now, from where to where, and why'],
        ['penstock rebalance --dry-run -o json', 'the same for programs, with every reason why something is not moved'],
        ['penstock rebalance --config rebalancer.yaml', 'work by rules and a source of use of your own'],
      ),
    )
    .action(async () => {
      const options = command.optsWithGlobals<Options>();
      if (options.output !== undefined && !options.dryRun)
        throw new CodedError('USAGE', '--output goes with --dry-run only', undefined, exitCodes.usage);
      const configured = await rebalancerConfigurationOf(options.config);
      await withCluster(io, options, (connection) =>
        options.dryRun ? dryRun(io, options, configured, connection) : rebalance(io, options, configured, connection),
      );
    });
}

async function dryRun(
  io: Io,
  options: Options,
  configured: ConfiguredRebalancer,
  connection: Connection,
): Promise<void> {
  const { clock, random, interrupted } = io;
  const { cluster, namespace } = connection;
  const { settings } = configured.profile;
  // judged by what there is time to read
  const samples = { samples: options.samples, atLeast: Math.min(options.samples, settings.hot.atLeast) };
  const profile = {
    ...configured.profile,
    settings: {
      ...settings,
      hot: { ...settings.hot, ...samples },
      light: { ...settings.light, samples: options.samples },
    },
  };
  const logger = silentLogger;
  const { manager, rebalancer, cache } = createRebalancer({
    cluster,
    clock,
    logger,
    random: random.split('rebalancer'),
    profile,
    namespace,
    dryRun: true,
  });
  const http = keepAliveHttpClient(clock);
  const use = new UseTracker(cache, { ...partsOf(io, connection, cache), logger, http });
  try {
    await manager.start();
    await rebalancer.resume(interrupted);
    await use.configure(configured.use);
    use.start();
    const reading = () => use.status()?.state === 'starting';
    for (let waited = 0; reading() && waited < patience; waited += 100) await clock.sleep(100, interrupted);
    let plan = rebalancer.look();
    for (let sample = 1; sample < options.samples; sample++) {
      await clock.sleep(profile.interval, interrupted);
      plan = rebalancer.look();
    }
    const status = use.status();
    const notes = [
      ...(status?.state === 'down' ? [`the use of nodes could not be read: ${status.error}`] : []),
      ...(status ? [] : ['nothing is measured (use.source: none): no node is hot or light']),
      ...(status?.source === 'prometheus' ? ['use.source: prometheus does not measure pods: none can be moved'] : []),
    ];
    io.stdout.write(options.output === 'json' ? jsonOf(plan, notes) : textOf(plan, notes));
  } finally {
    await use.stop();
    http.close();
    await manager.stop();
  }
}

const jsonOf = (plan: Plan, notes: readonly string[]): string => `${JSON.stringify({ notes, ...plan }, null, 2)}\n`;

const textOf = (plan: Plan, notes: readonly string[]): string =>
  [...notes.map((note) => `note: ${note}\n`), planText(plan)].join('');

const partsOf = ({ clock, random }: Io, { cluster, namespace, document }: Connection, cache: SchedulerCache) => ({
  cluster,
  namespace,
  clock,
  random: random.split('use'),
  nodeOf: (pod: Key) => cache.nodeOf(pod),
  ...(document && { document }),
});

async function rebalance(
  io: Io,
  options: Options,
  configured: ConfiguredRebalancer,
  connection: Connection,
): Promise<void> {
  const { clock, random } = io;
  const { namespace, server } = connection;
  const logger = createLogger(options.logLevel, clock);
  const metrics = new RuntimeMetrics();
  metrics.collectProcess();
  const host = hostOf(io, options);
  const { manager, cache } = createRebalancer({
    cluster: countedCluster(connection.cluster, server, metrics),
    clock,
    logger,
    metrics,
    random: random.split('rebalancer'),
    profile: configured.profile,
    namespace,
    rebalancerMetrics: rebalancerMetrics(metrics.registry),
    ...electionOf(io, options, connection, leaseName),
  });
  const http = keepAliveHttpClient(clock);
  const use = new UseTracker(cache, { ...partsOf(io, connection, cache), logger, http });
  await use.configure(configured.use);
  useMetrics(metrics.registry, () => use.status());
  const servers = [
    await serveMetrics({ port: options.metricsPort, host, registry: metrics.registry }),
    await serveHealth({ port: options.healthPort, host, live: {}, ready: manager.readyChecks }),
  ];
  try {
    const [metricsServer, healthServer] = servers;
    logger.info(
      {
        server,
        use: configured.use.source,
        metrics: `http://${host}:${metricsServer?.port}/metrics`,
        health: `http://${host}:${healthServer?.port}/healthz`,
        lease: options.leaderElect ? `${namespace}/${leaseName}` : 'none',
      },
      'the rebalancer starts',
    );
    await runUntilInterrupted(io, logger, manager, () => use.start());
  } finally {
    await use.stop();
    http.close();
    for (const one of servers) await one.close();
  }
}
