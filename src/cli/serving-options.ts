import { hostname } from 'node:os';
import { type Command, Option } from 'commander';
import type { ElectionOptions } from '../runtime/index.js';
import type { LogLevel } from '../support/log.js';
import type { ClusterOptions } from './connection.js';
import type { Connection, Io } from './io.js';
import { integer } from './options.js';

/** What the commands have in common that work in several replicas until they are stopped. */
export interface ServingOptions extends ClusterOptions {
  readonly leaderElect: boolean;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly bindAddress?: string;
  readonly logLevel: LogLevel;
}

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export const logLevelOption = (): Option =>
  new Option('--log-level <level>', 'JSON lines on standard error').choices(levels).default('info');

export const healthPortOption = (port: number): Option =>
  new Option('--health-port <port>', 'for /healthz and /readyz').argParser(integer(0, 65_535)).default(port);

export function addServingOptions(
  command: Command,
  ports: { readonly metrics: number; readonly health: number },
): Command {
  return command
    .option('--leader-elect', 'work only while holding the Lease, so that several can stand by', true)
    .option('--no-leader-elect', 'work without holding the Lease: only for a single one')
    .option('--metrics-port <port>', 'for /metrics; 0 for any that is free', integer(0, 65_535), ports.metrics)
    .addOption(healthPortOption(ports.health))
    .option('--bind-address <address>', 'address to listen on (default: this machine only, in a pod everywhere)')
    .addOption(logLevelOption());
}

/** Where to listen: in a pod its probes and Prometheus come from elsewhere. */
export const hostOf = (
  { environment }: Pick<Io, 'environment'>,
  { bindAddress }: Pick<ServingOptions, 'bindAddress'>,
) => bindAddress ?? (environment.KUBERNETES_SERVICE_HOST === undefined ? '127.0.0.1' : '0.0.0.0');

/** The Lease that a replica stands for; empty where it works without one. */
export function electionOf(
  { random }: Pick<Io, 'random'>,
  { leaderElect }: Pick<ServingOptions, 'leaderElect'>,
  { namespace }: Pick<Connection, 'namespace'>,
  name: string,
): { readonly election?: ElectionOptions } {
  return leaderElect ? { election: { namespace, name, identity: `${hostname()}_${random.suffix(8)}` } } : {};
}
