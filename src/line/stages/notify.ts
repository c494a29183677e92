import { z } from 'zod';
import type { WithMarks } from '../noted.js';
import { answerTo } from '../outside.js';
import { fail, pass, retry, type Stage, type StageContext, type StageVerdict } from '../stage.js';
import { type Place, stageType, type Workshop } from '../stage-type.js';
import { call, isUnanswered, originOf } from '../webhook/call.js';
import { reviewOf } from '../webhook/review.js';
import { type Target, target, webhookSettings } from '../webhook/settings.js';
import { consult } from '../webhook/webhook.js';
import type { DeliverWork } from '../work.js';
import { commandSettings, runCommand } from './command.js';

const settings = z
  .strictObject({
    when: z
      .enum(['Always', 'Asked'])
      .default('Always')
      .describe('Always: for every container. Asked: for those of claims that name this stage in their spec.hooks.'),
    http: target.optional().describe('A POST with the same body as a webhook gets; any code from 200 to 299 will do.'),
    exec: commandSettings.optional().describe('A program in the container itself; it must end with 0.'),
    webhook: webhookSettings
      .optional()
      .describe('A signed POST that is answered by a verdict, as of the stage webhook.'),
  })
  .refine(({ http, exec, webhook }) => [http, exec, webhook].filter(Boolean).length === 1, {
    error: 'must have exactly one of http, exec and webhook',
  });

type Settings = z.output<typeof settings>;
type Work = DeliverWork & WithMarks;
type Hook = (work: Work, context: StageContext) => Promise<StageVerdict<Work>>;

export const notify = stageType({
  name: 'notify',
  about: `A hook after delivery: an HTTP call, a program in the container, or a webhook. Once for a container; after a crash of the operator possibly once more. One that fails, retries and all, is told in the claim's condition Notified and leaves the container as it is, unless onFailure says otherwise. The stages after it wait for it.`,
  settings,
  retries: { count: 3, backoff: '1s' },
  make: (given, workshop, place): Stage<Work> => ({
    name: 'notify',
    noted: true,
    late: 'tell',
    isDone: ({ claim }) => given.when === 'Asked' && !(claim.spec.hooks ?? []).includes(place.name),
    run: hookOf(given, workshop, place),
  }),
});

function hookOf({ http, exec, webhook }: Settings, workshop: Workshop, place: Place): Hook {
  if (webhook) return consult<Work>(webhook, workshop, place, 'tell');
  const ask = async (work: Work, context: StageContext): Promise<string | undefined> => {
    if (exec) return runCommand(exec, workshop, work.pod, context);
    return http && notified(http, work, workshop, place, context);
  };
  return async (work, context) => {
    const { pod, claim } = work;
    const asked = answerTo({ pod, claim, ask: (aside) => ask(work, aside) }, place, workshop.calls, context);
    if (!asked) return retry(work, 'the hook has not ended yet');
    return asked.answer === undefined ? pass(work) : fail(work, asked.answer, 'tell');
  };
}

/** What is wrong with the answer to a POST. */
async function notified(
  http: Target,
  work: Work,
  { http: client }: Workshop,
  { name, version }: Place,
  context: StageContext,
): Promise<string | undefined> {
  const review = reviewOf(work, { line: version, stage: name, attempt: context.attempt ?? 0 });
  const answer = await call(client, http, work.pod.metadata.namespace, review, context);
  if (isUnanswered(answer)) return answer.problem;
  return answer.code >= 200 && answer.code < 300 ? undefined : `${originOf(http)} answered with ${answer.code}`;
}
