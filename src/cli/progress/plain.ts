import type { Clock } from '../../support/clock.js';
import { type Duration, formatDuration, second } from '../../support/time.js';
import type { Output } from '../io.js';
import type { Progress } from './progress.js';

/** A line now and then: logs are read later, and nobody wants a thousand lines of counts. */
const every: Duration = 2 * second;

export function plainProgress(output: Output, clock: Clock): Progress {
  return {
    async step(title, run) {
      const start = clock.now();
      let last = start;
      let latest = '';
      let written = '';
      output.write(`${title} …\n`);
      const result = await run((text) => {
        latest = text;
        if (clock.now() - last < every || text === written) return;
        last = clock.now();
        written = text;
        output.write(`  ${text}\n`);
      });
      output.write(`  ${latest === '' ? 'done' : latest} (${formatDuration(clock.now() - start)})\n`);
      return result;
    },
  };
}
