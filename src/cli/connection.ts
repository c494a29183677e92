import { Forbidden } from '../cluster/errors.js';
import { explain } from '../cluster/kubernetes/explain.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { type Connection, Interrupted, type Io } from './io.js';
import { warningLogger } from './warnings.js';

/** The options by which every command finds its cluster. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** Opens a connection, uses it, closes it. What goes wrong on the way is explained with the names of this connection. */
export async function withCluster<T>(
  io: Io,
  { kubeconfig, context, namespace }: ClusterOptions,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const options = {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    environment: io.environment,
  };
  const connection = await io.connect(options, warningLogger(io.clock));
  try {
    return await use(connection);
  } catch (error) {
    throw explained(error, connection);
  } finally {
    connection.close();
  }
}

/** The same, for commands that write: the kinds must be there, and as new as this program. */
export async function withKinds<T>(
  io: Io,
  options: ClusterOptions,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  return withCluster(io, options, async (connection) => {
    const { requireCrds } = await import('../cluster/crds.js');
    await requireCrds(connection.cluster).catch((error: unknown) => {
      // who may not read definitions can still use what they define
      if (!(error instanceof Forbidden)) throw error;
    });
    return use(connection);
  });
}

function explained(error: unknown, connection: Connection): unknown {
  if (error instanceof CodedError || error instanceof Interrupted) return error;
  const { code, message, hint, exitCode } = explain(error, connection);
  return exitCode === exitCodes.failed && !(error instanceof Error && 'reason' in error)
    ? error
    : new CodedError(code, message, hint, exitCode, { cause: error });
}
