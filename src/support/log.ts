interface LogMethod {
  (message: string): void;
  (fields: object, message?: string): void;
}

/** Where programs say what they do: as pino has it, which json-logger.ts makes one of. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  child(bindings: Record<string, unknown>): Logger;
}

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

const ignore: LogMethod = () => {};

export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLogger,
};
