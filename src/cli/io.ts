import type { ConnectOptions } from '../cluster/kubernetes/connect.js';
import type { Executor } from '../cluster/executor.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';

/** Where text goes: a stream of the process, or what a test collects. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A way to a cluster, and what messages about it name. */
export interface Connection {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly server: string;
  readonly context?: string;
  readonly user?: string;
  /** What the server tells that is no object of a kind, such as `/version`. Absent where there is nothing of the sort. */
  readonly document?: (path: string) => Promise<unknown>;
  /** Absent where no programs run in the containers. */
  readonly executor?: Executor;
  close(): void;
}

/** Everything that a command takes from the process around it. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: () => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** For names that must differ from run to run. */
  readonly random: Random;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly interrupted: AbortSignal;
  readonly connect: (options: ConnectOptions, logger: Logger) => Promise<Connection>;
}

/** Why `Io.interrupted` was aborted. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
  }
}
