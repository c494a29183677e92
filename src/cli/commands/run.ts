import { Command } from 'commander';
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
import { createLogger } from '../../support/json-logger.js';
import { withKinds } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { addServingOptions, electionOf, hostOf, type ServingOptions } from '../serving-options.js';
import { runUntilInterrupted } from '../until-interrupted.js';

interface Options extends ServingOptions {
  readonly namespaces?: readonly string[];
}

const leaseName = 'penstock-operator';

export function runCommand(io: Io): Command {
  const command = new Command('run')
    .description('run the operator, until SIGTERM or Ctrl-C')
    .option('--namespaces <names>', 'look after these only, with commas between; default: all', (text) =>
      text.split(','),
    );
  return addServingOptions(command, defaultPorts)
    .addHelpText(
      'after',
      examples(
        ['penstock run', 'for the cluster of the current context, or of the pod it runs in'],
        ['penstock run --namespaces team-a,team-b', 'for two namespaces'],
      ),
    )
    .action(async () => {
      const options = command.optsWithGlobals<Options>();
      await withKinds(io, options, (connection) => operate(io, options, connection));
    });
}

async function operate(io: Io, options: Options, connection: Connection): Promise<void> {
  const { clock, random } = io;
  const { namespaces, leaderElect, metricsPort, healthPort, logLevel } = options;
  const logger = createLogger(logLevel, clock);
  const metrics = new RuntimeMetrics();
  metrics.collectProcess();
  const host = hostOf(io, options);
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
    ...electionOf(io, options, connection, leaseName),
  });
  const servers = [
    await serveMetrics({ port: metricsPort, host, registry: metrics.registry }),
    await serveHealth({ port: healthPort, host, live: {}, ready: operator.readyChecks }),
  ];
  try {
    const [metricsServer, healthServer] = servers;
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
    await runUntilInterrupted(io, logger, operator);
  } finally {
    for (const server of servers) await server.close();
  }
}
