import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../../support/random.js';
import type { SchedulerCache } from '../cache/scheduler-cache.js';
import type { UseConfiguration } from '../configuration/schema.js';
import type { SourceStatus, UseCollector } from './collector.js';
import { openSource, type SourceParts } from './open-source.js';
import { type PodUseOptions, timesOf, trackUse } from './track.js';

/** Keeps a snapshot's figures up to date from the source of use that the configuration names, whichever that is now. */
export class UseTracker {
  #use: UseConfiguration = { source: 'none' };
  #collector: UseCollector | undefined;
  #isStarted = false;

  constructor(
    private readonly cache: SchedulerCache,
    private readonly parts: SourceParts & PodUseOptions & { readonly random: Random },
  ) {}

  /**
   * Goes on with this source; what another said counts no more. Throws what is wrong with it (a file that is not there), and then
   * goes on as before.
   */
  async configure(use: UseConfiguration): Promise<void> {
    if (isDeepStrictEqual(use, this.#use)) return;
    const source = await openSource(use, this.parts);
    await this.#collector?.stop();
    if (this.#isStarted) for (const { name } of this.cache.snapshot.infos()) this.cache.setUse(name, undefined);
    this.#use = use;
    this.cache.setPodUse(() => undefined);
    this.#collector = source && trackUse(source, this.cache, timesOf(use), this.parts);
    if (this.#isStarted) this.#collector?.start();
  }

  /** Begins to read. */
  start(): void {
    this.#isStarted = true;
    this.#collector?.start();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    await this.#collector?.stop();
  }

  /** How the source does; `undefined` where none is read. */
  status(): SourceStatus | undefined {
    return this.#collector?.status();
  }
}
