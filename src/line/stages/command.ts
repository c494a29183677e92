/** A program that is run in a container. */
import { z } from 'zod';
import { callTimeout as timeout, callTimeoutOf, text } from '../../api/fields.js';
import type { Pod } from '../../api/kubernetes.js';
import { Forbidden } from '../../cluster/errors.js';
import { messageOf } from '../../support/errors.js';
import type { StageContext } from '../stage.js';
import type { Workshop } from '../stage-type.js';
import { mainContainerName } from '../main-container.js';

export const commandSettings = z.strictObject({
  command: z.array(text(4096)).min(1).max(64).describe('The program and its arguments; no shell unless it is one.'),
  container: z.string().min(1).max(63).optional().describe('Which container of the pod. Default: its main container.'),
  callTimeout: timeout.default('10s').describe('How long it may run, at most 30s.'),
});

/** So much of its output is read, and of that so much is told when it fails. */
const limits = { output: 4096, told: 300 } as const;

/** Runs it. Returns what is wrong, or nothing when it ended with 0. */
export async function runCommand(
  { command, container, callTimeout }: z.output<typeof commandSettings>,
  { executor }: Workshop,
  pod: Pod,
  { signal }: Pick<StageContext, 'signal'>,
): Promise<string | undefined> {
  if (!executor) return 'no program can be run in a container here: the embedded cluster has only simulated ones';
  const name = container ?? mainContainerName(pod) ?? '';
  try {
    const { code, output } = await executor.run({
      namespace: pod.metadata.namespace ?? '',
      pod: pod.metadata.name,
      container: name,
      command,
      timeout: callTimeoutOf(callTimeout),
      limit: limits.output,
      signal,
    });
    return code === 0 ? undefined : `${command[0]} ended with ${code}: ${output.trim().slice(-limits.told)}`;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Forbidden)
      return `the operator may not run programs in containers: give it the rights of the feature exec (${error.message})`;
    return `${command[0]} could not be run: ${messageOf(error)}`;
  }
}
