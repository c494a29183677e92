import { DefaultRenderer, Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { Clock } from '../../support/clock.js';
import { formatDuration } from '../../support/time.js';

/** One step with a spinner; the process' own streams are terminals. */
export async function terminalStep<T>(
  target: 'stdout' | 'stderr',
  title: string,
  clock: Clock,
  run: (report: (text: string) => void) => Promise<T>,
): Promise<T> {
  const start = clock.now();
  let result: { readonly value: T } | undefined;
  const list = new Listr(
    {
      title,
      task: async (_, task) => {
        const value = await run((text) => {
          task.title = `${title}: ${text}`;
        });
        task.title = `${task.title} (${formatDuration(clock.now() - start)})`;
        result = { value };
      },
    },
    {
      renderer: DefaultRenderer,
      // Ctrl-C is the program's own, which has to clean up
      registerSignalListeners: false,
      rendererOptions: {
        showErrorMessage: false,
        logger: new ListrLogger({ processOutput: new ProcessOutput(process[target]) }),
      },
    },
  );
  await list.run();
  if (!result) throw new Error(`the step "${title}" ended without a result`);
  return result.value;
}
