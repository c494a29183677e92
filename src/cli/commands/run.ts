import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import { lineMetrics } from '../../line/index.js';
import { createOperator, poolMetrics } from '../../operator/index.js';
import {
  countedCluster,
  defaultPorts,
  httpClient,
  RuntimeMetrics,
  serveHealth,
  serveMetrics,
} from '../../runtime/index.js';
import { createLogger, type LogLevel } from '../../support/log.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { integer } from '../options.js';
import { untilInterrupted } from '../until-interrupted.js';

interface Options extends ClusterOptions {
  readonly namespaces?: readonly string[];
  readonly leaderElect: boolean;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly bindAddress?: string;
  readonly logLevel: LogLevel;
}

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
const leaseName = 'penstock-operator';

export function runCommand(io: Io): Command {
  return new Command('run')
    .description('run the operator, until SIGTERM or Ctrl-C')
    .option('--namespaces <names>', 'look after these only, with commas between; default: all', (text) =>
      text.split(','),
    )
    .option('--leader-elect', 'work only while holding the Lease, so that several operators can stand by', true)
    .option('--no-leader-elect', 'work without holding the Lease: only for a single operator')
    .option('--metrics-port <port>', 'for /metrics; 0 for any that is free', integer(0, 65_535), defaultPorts.metrics)
    .option('--health-port <port>', 'for /healthz and /readyz', integer(0, 65_535), defaultPorts.health)
    .option('--bind-address <address>', 'to listen on; default: this machine only, in a pod everywhere')
    .addOption(new Option('--log-level <level>', 'JSON lines on standard error').choices(levels).default('info'))
    .addHelpText(
      'after',
      examples(
        ['penstock run', 'for the cluster of the current context, or of the pod it runs in'],
        ['penstock run --namespaces team-a,team-b', 'for two namespaces'],
      ),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withKinds(io, options, (connection) => operate(io, options, connection));
    });
}

async function operate(io: Io, options: Options, connection: Connection): Promise<void> {
  const { clock, random, environment } = io;
  const { namespaces, leaderElect, metricsPort, healthPort, logLevel } = options;
  const logger = createLogger(logLevel, clock);
  const metrics = new RuntimeMetrics();
  const host = options.bindAddress ?? (environment.KUBERNETES_SERVICE_HOST === undefined ? '127.0.0.1' : '0.0.0.0');
  const identity = `${hostname()}_${random.suffix(8)}`;
  const operator = createOperator({
    cluster: countedCluster(connection.cluster, connection.server, metrics),
    clock,
    random: random.split('operator'),
    logger,
    metrics,
    lineMetrics: lineMetrics(metrics.registry),
    poolMetrics: poolMetrics(metrics.registry),
    http: httpClient(clock),
    ...(connection.executor && { executor: connection.executor }),
    ...(namespaces && { namespaces }),
    ...(leaderElect && { election: { namespace: connection.namespace, name: leaseName, identity } }),
  });
  const servers = [
    await serveMetrics({ port: metricsPort, host, registry: metrics.registry }),
    await serveHealth({ port: healthPort, host, live: {}, ready: operator.readyChecks }),
  ];
  try {
    const [metricsServer, healthServer] = servers;
    const started = operator.start();
    logger.info(
      {
        server: connection.server,
        namespaces: namespaces ?? 'all',
        metrics: `http://${host}:${metricsServer?.port}/metrics`,
        health: `http://${host}:${healthServer?.port}/healthz`,
        lease: leaderElect ? `${connection.namespace}/${leaseName}` : 'none',
      },
      'the operator starts',
    );
    const stopped = untilInterrupted(io);
    await Promise.race([started, stopped]);
    await stopped;
    logger.info('stopping');
    await operator.stop();
    await started.catch(() => undefined);
  } finally {
    for (const server of servers) await server.close();
  }
}
