import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { createExtender } from '../../operator/index.js';
import { keepAliveHttpClient, serveHealth, serveJson } from '../../runtime/index.js';
import { type Configured, extenderRoutes, openSource, timesOf, trackUse } from '../../scheduler/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { createLogger, type LogLevel } from '../../support/log.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { integer } from '../options.js';
import { configurationOf, reloading } from '../scheduler-configuration.js';
import { untilInterrupted } from '../until-interrupted.js';

interface Options extends ClusterOptions {
  readonly config?: string;
  readonly port: number;
  readonly healthPort: number;
  readonly bindAddress: string;
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly logLevel: LogLevel;
}

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
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
    .option('--health-port <port>', 'for /healthz and /readyz', integer(0, 65_535), ports.health)
    .option('--bind-address <address>', 'address to listen on; whoever reaches it may ask', '127.0.0.1')
    .option('--tls-cert-file <file>', 'certificate, PEM; with it kube-scheduler must say enableHTTPS: true')
    .option('--tls-private-key-file <file>', 'key of the certificate, PEM')
    .addOption(new Option('--log-level <level>', 'JSON lines on standard error').choices(levels).default('info'))
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
  const source = await openSource(configured.use, {
    cluster,
    namespace,
    clock,
    logger,
    http,
    ...(document && { document }),
  });
  const collector =
    source && trackUse(source, cache, timesOf(configured.use), { clock, logger, random: random.split('use') });
  const { caches = () => undefined } = manager.readyChecks;
  const listening = await serveJson({ port, host, routes: extenderRoutes(extender, caches), ...(tls && { tls }) });
  const health = await serveHealth({ port: healthPort, host, live: {}, ready: manager.readyChecks });
  const reload =
    config === undefined ? undefined : reloading(config, clock, logger, ({ profiles }) => extender.configure(profiles));
  try {
    const started = manager.start();
    const url = `${tls ? 'https' : 'http'}://${host}:${listening.port}`;
    logger.info({ server, url, health: `http://${host}:${health.port}/healthz` }, 'the extender starts');
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
    await listening.close();
    await health.close();
  }
}
