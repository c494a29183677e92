import type { Clock } from '../support/clock.js';
import { type Logger, silentLogger } from '../support/log.js';

/** Warnings and errors as JSON lines. What writes them is loaded for the first one: most commands have none to tell. */
export function warningLogger(clock: Clock, bindings: Readonly<Record<string, unknown>> = {}): Logger {
  const loaded = async () => (await import('../support/json-logger.js')).createLogger('warn', clock).child(bindings);
  const toWrite =
    (level: 'warn' | 'error') =>
    (first: string | object, message?: string): void => {
      void loaded().then((logger) =>
        typeof first === 'string' ? logger[level](first) : logger[level](first, message),
      );
    };
  const child: Logger['child'] = (more) => warningLogger(clock, { ...bindings, ...more });
  return { ...silentLogger, warn: toWrite('warn'), error: toWrite('error'), child };
}
