import { pino } from 'pino';
import type { Clock } from './clock.js';
import type { Logger, LogLevel } from './log.js';

/** JSON lines on standard error, stamped with the time of `clock`. */
export function createLogger(level: LogLevel, clock: Clock): Logger {
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"` },
    pino.destination({ fd: 2, sync: true }),
  );
}
