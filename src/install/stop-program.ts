import { Deployment, Pod } from '../api/kubernetes.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { type Duration, formatDuration, minute, second } from '../support/time.js';
import { all } from './doctor/sight.js';
import { unlessGone } from './gone.js';
import { type Program, programNames, selectorOf } from './names.js';

/** Longer than the grace that its pods have. */
const patience: Duration = 2 * minute;

/** Deletes the Deployment of a program and waits until none of its pods is left: its lease is not to be made anew by one that still runs. */
export async function stopProgram(
  cluster: Cluster,
  clock: Clock,
  { namespace, program }: { readonly namespace: string; readonly program: Program },
): Promise<void> {
  await unlessGone(cluster.remove(Deployment, { namespace, name: programNames[program] }));
  const labels = Object.entries(selectorOf(program))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const deadline = clock.now() + patience;
  for (;;) {
    const pods = await all(cluster, Pod, { namespace, labels });
    if (pods.length === 0) return;
    if (clock.now() >= deadline)
      throw new CodedError(
        `${program.toUpperCase()}_REMAINS`,
        `${pods.map(({ metadata }) => metadata.name).join(', ')} still ran ${formatDuration(patience)} after the ${program} was told to go`,
        'is its node gone? Delete the pod with --force, and run this again',
        exitCodes.timedOut,
      );
    await clock.sleep(second / 2);
  }
}
