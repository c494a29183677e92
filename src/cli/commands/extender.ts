import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createExtender } from '../../operator/index.js';
import { keepAliveHttpClient, serveHealth, serveJson } from '../../runtime/index.js';
import { type Configured, extenderRoutes, UseTracker } from '../../scheduler/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { createLogger } from '../../support/json-logger.js';
import type { LogLevel } from '../../support/log.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { integer } from '../options.js';
import { configurationOf, reloading } from '../scheduler-configuration.js';
import { healthPortOption, logLevelOption } from '../serving-options.js';
import { runUntilInterrupted } from '../until-interrupted.js';

interface Options extends ClusterOptions {
  readonly config?: string;
  readonly port: number;
  readonly healthPort: number;
  readonly bindAddress: string;
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly logLevel: LogLevel;
}

/** Beside those of the operator and the scheduler. */
const ports = { extender: 8084, health: 8085 } as const;

export function extenderCommand(io: Io): Command {
  return new Command('extender')
    .description("answer an existing kube-scheduler's questions (filter, prioritize), until SIGTERM or Ctrl-C")
    .option(
      '--config <file>',
      'configuration of `penstock scheduler`; read again when it changes (default: policy balance)',
    )
    .option('--port <port>', 'for kube-scheduler; 0 for any that is free', integer(0, 65_535), ports.extender)
    .addOption(healthPortOption(ports.health))
    .option('--bind-address <address>', 'address to listen on; whoever reaches it may ask', '127.0.0.1')
    .option('--tls-cert-file <file>', 'certificate, PEM; with it kube-scheduler must say enableHTTPS: true')
    .option('--tls-private-key-file <file>', 'key of the certificate, PEM')
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      examples(
        ['penstock extender', 'on this machine only, for urlPrefix: http://127.0.0.1:8084'],
        ['penstock extender --config scheduler.yaml', 'with a policy and a source of use of your own'],
        [
          'penstock extender --bind-address 0.0.0.0 --tls-cert-file tls.crt --tls-private-key-file tls.key',
          'for a kube-scheduler elsewhere',
        ],
      ),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const [configured, tls] = [await configurationOf(options.config), await tlsOf(options)];
      await withCluster(io, options, (connection) => serve(io, options, configured, tls, connection));
    });
}

type Tls = { readonly cert: string; readonly key: string };

async function tlsOf({ tlsCertFile, tlsPrivateKeyFile }: Options): Promise<Tls | undefined> {
  if (tlsCertFile === undefined && tlsPrivateKeyFile === undefined) return undefined;
  if (tlsCertFile !== undefined && tlsPrivateKeyFile !== undefined)
    return { cert: await readFile(tlsCertFile, 'utf8'), key: await readFile(tlsPrivateKeyFile, 'utf8') };
  throw new CodedError(
    'INCOMPLETE_TLS',
    'a certificate needs its key, and a key its certificate',
    'give both --tls-cert-file and --tls-private-key-file, or neither',
    exitCodes.usage,
  );
}

async function serve(
  io: Io,
  options: Options,
  configured: Configured,
  tls: Tls | undefined,
  { cluster, namespace, document, server }: Connection,
): Promise<void> {
  const { clock, random } = io;
  const { port, healthPort, bindAddress: host, config, logLevel } = options;
  const logger = createLogger(logLevel, clock);
  const { manager, extender, cache } = createExtender({
    cluster,
    clock,
    logger,
    profiles: configured.profiles,
    random: random.split('extender'),
  });
  const http = keepAliveHttpClient(clock);
  const parts = { cluster, namespace, clock, logger, http, random: random.split('use'), ...(document && { document }) };
  const use = new UseTracker(cache, parts);
  await use.configure(configured.use);
  const { caches = () => undefined } = manager.readyChecks;
  const listening = await serveJson({ port, host, routes: extenderRoutes(extender, caches), ...(tls && { tls }) });
  const health = await serveHealth({ port: healthPort, host, live: {}, ready: manager.readyChecks });
  const reload =
    config === undefined
      ? undefined
      : reloading(config, clock, logger, async (next) => {
          await use.configure(next.use);
          extender.configure(next.profiles);
        });
  try {
    const url = `${tls ? 'https' : 'http'}://${host}:${listening.port}`;
    logger.info({ server, url, health: `http://${host}:${health.port}/healthz` }, 'the extender starts');
    await runUntilInterrupted(io, logger, manager, () => use.start());
  } finally {
    reload?.[Symbol.dispose]();
    await use.stop();
    http.close();
    await listening.close();
    await health.close();
  }
}
