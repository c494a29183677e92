import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import { createScheduler } from '../../operator/index.js';
import { countedCluster, keepAliveHttpClient, RuntimeMetrics, serveHealth, serveMetrics } from '../../runtime/index.js';
import {
  type Configured,
  openSource,
  schedulerMetrics,
  schedulerPorts,
  servesPodGroups,
  trackUse,
} from '../../scheduler/index.js';
import { createLogger, type LogLevel } from '../../support/log.js';
import { second } from '../../support/time.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { integer } from '../options.js';
import { configurationOf, reloading } from '../scheduler-configuration.js';
import { untilInterrupted } from '../until-interrupted.js';
import { policiesCommand } from './scheduler-policies.js';

interface Options extends ClusterOptions {
  readonly config?: string;
  readonly leaderElect: boolean;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly bindAddress?: string;
  readonly logLevel: LogLevel;
}

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
const leaseName = 'penstock-scheduler';

export function schedulerCommand(io: Io): Command {
  return new Command('scheduler')
    .description('run the scheduler, until SIGTERM or Ctrl-C')
    .option(
      '--config <file>',
      'configuration in YAML; read again when it changes (default: balance for services, max-weight for jobs)',
    )
    .option('--leader-elect', 'work only while holding the Lease, so that several can stand by', true)
    .option('--no-leader-elect', 'work without holding the Lease: only for a single scheduler')
    .option('--metrics-port <port>', 'for /metrics; 0 for any that is free', integer(0, 65_535), schedulerPorts.metrics)
    .option('--health-port <port>', 'for /healthz and /readyz', integer(0, 65_535), schedulerPorts.health)
    .option('--bind-address <address>', 'address to listen on (default: this machine only, in a pod everywhere)')
    .addOption(new Option('--log-level <level>', 'JSON lines on standard error').choices(levels).default('info'))
    .addHelpText(
      'after',
      examples(
        ['penstock scheduler', 'bind pods with spec.schedulerName: penstock-scheduler'],
        ['penstock scheduler --config scheduler.yaml', 'with policies and a source of use of your own'],
        ['penstock scheduler policies', 'list the policies and their settings'],
      ),
    )
    .addCommand(policiesCommand(io))
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const configured = await configurationOf(options.config);
      await withCluster(io, options, (connection) => schedule(io, options, configured, connection));
    });
}

async function schedule(io: Io, options: Options, configured: Configured, connection: Connection): Promise<void> {
  const { clock, random, environment } = io;
  const { leaderElect, metricsPort, healthPort, logLevel } = options;
  const logger = createLogger(logLevel, clock);
  const metrics = new RuntimeMetrics();
  const host = options.bindAddress ?? (environment.KUBERNETES_SERVICE_HOST === undefined ? '127.0.0.1' : '0.0.0.0');
  const identity = `${hostname()}_${random.suffix(8)}`;
  const counted = countedCluster(connection.cluster, connection.server, metrics);
  const { manager, scheduler } = createScheduler({
    cluster: counted,
    watchesPodGroups: await servesPodGroups({ cluster: counted, clock, logger }, io.interrupted),
    clock,
    logger,
    metrics,
    profiles: configured.profiles,
    recordsScheduled: configured.recordsScheduled,
    random: random.split('scheduler'),
    schedulerMetrics: schedulerMetrics(metrics.registry, () => performance.now() / second),
    ...(leaderElect && { election: { namespace: connection.namespace, name: leaseName, identity } }),
  });
  const http = keepAliveHttpClient(clock);
  const { cluster, namespace, document } = connection;
  const source = await openSource(configured.use, {
    cluster,
    namespace,
    clock,
    logger,
    http,
    ...(document && { document }),
  });
  const collector =
    source && trackUse(source, scheduler.cache, configured.use, { clock, logger, random: random.split('use') });
  const servers = [
    await serveMetrics({ port: metricsPort, host, registry: metrics.registry }),
    await serveHealth({ port: healthPort, host, live: {}, ready: manager.readyChecks }),
  ];
  const reload =
    options.config === undefined
      ? undefined
      : reloading(options.config, clock, logger, (next) => scheduler.configure(next.profiles));
  try {
    const [metricsServer, healthServer] = servers;
    const started = manager.start();
    logger.info(
      {
        server: connection.server,
        profiles: configured.profiles.map((profile) => ({
          schedulerName: profile.schedulerName,
          policy: profile.policy.name,
          batchPolicy: profile.batchPolicy?.name ?? 'none',
        })),
        use: configured.use.source,
        metrics: `http://${host}:${metricsServer?.port}/metrics`,
        health: `http://${host}:${healthServer?.port}/healthz`,
        lease: leaderElect ? `${connection.namespace}/${leaseName}` : 'none',
      },
      'the scheduler starts',
    );
    void started.then(
      () => collector?.start(),
      () => undefined,
    );
    const stopped = untilInterrupted(io);
    await Promise.race([started, stopped]);
    await stopped;
    logger.info('stopping');
    await manager.stop();
    await started.catch(() => undefined);
  } finally {
    reload?.[Symbol.dispose]();
    await collector?.stop();
    http.close();
    for (const server of servers) await server.close();
  }
}
