import { z } from 'zod';
import { callTimeout, callTimeoutOf, duration } from '../../api/fields.js';
import type { Pod } from '../../api/kubernetes.js';
import { messageOf } from '../../support/errors.js';
import { type Duration, parseDuration, second } from '../../support/time.js';
import { isReadyForDelivery, readyForDeliverySince } from '../pod-state.js';
import { answerTo } from '../outside.js';
import { pass, retry, type Stage, type StageContext } from '../stage.js';
import { stageType, type Workshop } from '../stage-type.js';
import type { ProduceWork } from '../work.js';
import { commandSettings, runCommand } from './command.js';

/** A container that is not warm yet is asked again after so long. */
const pause: Duration = second;
/** Of its answer nothing is used. */
const longestAnswer = 64 * 1024;

const http = z.strictObject({
  path: z.string().max(1024).regex(/^\//, 'must begin with /').default('/').describe('The path.'),
  port: z.int().min(1).max(65_535).describe('The port of the container.'),
  scheme: z.enum(['http', 'https']).default('http').describe('How.'),
  callTimeout: callTimeout.default('5s').describe('How long one call may take, at most 30s.'),
});

/** Warms a container up: it is asked until it answers. */
export const warm = stageType({
  name: 'warm',
  about:
    "Waits until the container is warm: ready by its own probes for `minAge`, and answering a GET of the operator, or running a program of yours to its end, where that is asked for. It is asked again each second until the stage's timeout, which is 5m unless stated.",
  settings: z.strictObject({
    minAge: duration.optional().describe('How long it must have been ready.'),
    http: http.optional().describe("A GET to the pod's address, answered by a code from 200 to 299."),
    exec: commandSettings.optional().describe('A program in the container, ending with 0.'),
  }),
  timeout: '5m',
  make: (settings, workshop, place): Stage<ProduceWork> => ({
    name: 'warm',
    ...((settings.http ?? settings.exec) && { noted: true as const }),
    async run(work, context) {
      const { pod } = work;
      if (!pod || !isReadyForDelivery(pod)) return retry(work, 'it is not ready');
      const wanted = parseDuration(settings.minAge ?? '') ?? 0;
      const since = readyForDeliverySince(pod);
      const age = context.clock.now() - (since ?? context.clock.now());
      if (age < wanted) return retry(work, `it has been ready for less than ${settings.minAge}`, wanted - age);
      const { http: get, exec } = settings;
      if (!get && !exec) return pass(work);
      const ask = async (aside: StageContext) =>
        (get && (await problemWith(get, workshop, pod, aside))) ??
        (exec && (await runCommand(exec, workshop, pod, aside)));
      // a container that has become ready anew since may be cold again
      const asked = answerTo({ pod, about: since, ask }, place, workshop.calls, context);
      if (!asked) return retry(work, 'it has not answered yet');
      return asked.answer === undefined ? pass(work) : retry(work, asked.answer, pause);
    },
  }),
});

/** What is wrong with the container's answer. */
async function problemWith(
  { path, port, scheme, callTimeout: timeout }: z.output<typeof http>,
  { http: client }: Workshop,
  { status }: Pod,
  { signal }: StageContext,
): Promise<string | undefined> {
  if (!client) return 'this program calls nobody: only an operator that runs for itself does';
  const address = status?.podIP;
  if (address === undefined) return 'it has no address';
  const host = address.includes(':') ? `[${address}]` : address;
  try {
    const { code } = await client.send({
      method: 'GET',
      url: `${scheme}://${host}:${port}${path}`,
      timeout: callTimeoutOf(timeout),
      limit: longestAnswer,
      signal,
    });
    return code >= 200 && code < 300 ? undefined : `GET ${path} on port ${port} was answered with ${code}`;
  } catch (error) {
    signal.throwIfAborted();
    return `GET ${path} on port ${port}: ${messageOf(error)}`;
  }
}
