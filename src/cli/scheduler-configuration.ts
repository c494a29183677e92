import { readFile } from 'node:fs/promises';
import { type Configured, defaultConfiguration, readConfiguration } from '../scheduler/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import { type Duration, second } from '../support/time.js';

/** How often the configuration is looked at: files of ConfigMaps change by a rename, which no watch sees everywhere. */
const reloadEvery: Duration = 5 * second;

/** What the file says; without one what counts by itself. */
export const configurationOf = async (file: string | undefined): Promise<Configured> =>
  file === undefined ? defaultConfiguration() : readConfiguration(await readFile(file, 'utf8'), file);

/** Reads the file again and again; one that is wrong is reported once, and what was good before goes on. */
export function reloading(
  file: string,
  clock: Clock,
  logger: Logger,
  apply: (configured: Configured) => Promise<void>,
): Disposable {
  let known: string | undefined;
  let timer: Disposable;
  const look = async () => {
    const text = await readFile(file, 'utf8');
    if (known !== undefined && text !== known) {
      await apply(readConfiguration(text, file));
      logger.info({ file }, 'goes on with the new configuration');
    }
    known = text;
  };
  const again = () => {
    timer = clock.at(clock.now() + reloadEvery, () => {
      look()
        .catch(async (error: unknown) => {
          known = await readFile(file, 'utf8').catch(() => known);
          logger.error({ file, error: messageOf(error) }, 'the configuration cannot be used; the one before goes on');
        })
        .finally(again);
    });
  };
  again();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
