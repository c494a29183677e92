import { Command } from 'commander';
import { createScheduler } from '../../operator/index.js';
import { countedCluster, keepAliveHttpClient, RuntimeMetrics, serveHealth, serveMetrics } from '../../runtime/index.js';
import {
  type Configured,
  schedulerMetrics,
  schedulerPorts,
  servesPodGroups,
  useMetrics,
  UseTracker,
} from '../../scheduler/index.js';
import { weighedInVain } from '../../scheduling/index.js';
import { createLogger } from '../../support/json-logger.js';
import { second } from '../../support/time.js';
import { withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { configurationOf, reloading } from '../scheduler-configuration.js';
import { addServingOptions, electionOf, hostOf, type ServingOptions } from '../serving-options.js';
import { runUntilInterrupted } from '../until-interrupted.js';
import { policiesCommand } from './scheduler-policies.js';

interface Options extends ServingOptions {
  readonly config?: string;
}

const leaseName = 'penstock-scheduler';

export function schedulerCommand(io: Io): Command {
  const command = new Command('scheduler')
    .description('run the scheduler, until SIGTERM or Ctrl-C')
    .option(
      '--config <file>',
      'configuration in YAML; read again when it changes (default: balance for services, max-weight for jobs)',
    );
  return addServingOptions(command, schedulerPorts)
    .addHelpText(
      'after',
      examples(
        ['penstock scheduler', 'bind pods with spec.schedulerName: penstock-scheduler'],
        ['penstock scheduler --config scheduler.yaml', 'with policies and a source of use of your own'],
        ['penstock scheduler policies', 'list the policies and their settings'],
      ),
    )
    .addCommand(policiesCommand(io))
    .action(async () => {
      const options = command.optsWithGlobals<Options>();
      const configured = await configurationOf(options.config);
      await withCluster(io, options, (connection) => schedule(io, options, configured, connection));
    });
}

async function schedule(io: Io, options: Options, configured: Configured, connection: Connection): Promise<void> {
  const { clock, random } = io;
  const { leaderElect, metricsPort, healthPort, logLevel } = options;
  const logger = createLogger(logLevel, clock);
  const metrics = new RuntimeMetrics();
  metrics.collectProcess();
  const host = hostOf(io, options);
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
    ...electionOf(io, options, connection, leaseName),
  });
  const http = keepAliveHttpClient(clock);
  const { cluster, namespace, document } = connection;
  const parts = { cluster, namespace, clock, logger, http, random: random.split('use'), ...(document && { document }) };
  const use = new UseTracker(scheduler.cache, parts);
  await use.configure(configured.use);
  useMetrics(metrics.registry, () => use.status());
  const noteLeftOut = ({ profiles }: Configured) => {
    for (const { policy, schedulerName } of profiles) {
      const resources = weighedInVain(policy, scheduler.cache.snapshot);
      const what = { schedulerName, policy: policy.name, resources };
      if (resources.length > 0)
        logger.info(what, 'no node has a capacity of these resources: the policy leaves them out');
    }
  };
  const servers = [
    await serveMetrics({ port: metricsPort, host, registry: metrics.registry }),
    await serveHealth({ port: healthPort, host, live: {}, ready: manager.readyChecks }),
  ];
  const reload =
    options.config === undefined
      ? undefined
      : reloading(options.config, clock, logger, async (next) => {
          await use.configure(next.use);
          scheduler.configure(next);
          noteLeftOut(next);
        });
  try {
    const [metricsServer, healthServer] = servers;
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
    await runUntilInterrupted(io, logger, manager, () => {
      use.start();
      noteLeftOut(configured);
    });
  } finally {
    reload?.[Symbol.dispose]();
    await use.stop();
    http.close();
    for (const server of servers) await server.close();
  }
}
