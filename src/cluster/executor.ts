import type { Duration } from '../support/time.js';

/** A program to be run in a container that runs. */
export interface Command {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The program and its arguments: no shell unless it is one. */
  readonly command: readonly string[];
  readonly timeout: Duration;
  /** Bytes of its output that are kept: the first ones. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface Exit {
  readonly code: number;
  /** Both its outputs, as they came. */
  readonly output: string;
}

/** Runs programs in containers, as `kubectl exec` does. Not part of the Cluster port: only real containers can do it. */
export interface Executor {
  /** Throws ApiError when the server refuses, Timeout, or the signal's reason. */
  run(command: Command): Promise<Exit>;
}
