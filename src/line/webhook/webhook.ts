/** A user's program as a stage: it is told of the container, and gives a verdict. */
import { type Duration, parseDuration, second } from '../../support/time.js';
import type { WithMarks } from '../noted.js';
import { answerTo } from '../outside.js';
import { type Consequence, fail, pass, retry, type StageContext, type StageVerdict } from '../stage.js';
import type { Place, Workshop } from '../stage-type.js';
import { Breaker } from './breaker.js';
import { call, isUnanswered, originOf } from './call.js';
import { type Answer, readAnswer, reviewOf, type Subject } from './review.js';
import type { WebhookSettings } from './settings.js';

/** What a call came to: a verdict, what is wrong with what came, or for how long nobody is called. */
type Reply = ReturnType<typeof readAnswer> | { readonly postponed: Duration };

/** After a verdict `retry` that names no time. */
const lookAgain = second;

/** @param spoilt what becomes of a container that the program turns down */
export function consult<Work extends Subject & WithMarks>(
  settings: WebhookSettings,
  { http, calls }: Workshop,
  place: Place,
  spoilt: Consequence,
): (work: Work, context: StageContext) => Promise<StageVerdict<Work>> {
  const { breaker: limits, failurePolicy } = settings;
  const breaker = new Breaker(limits.failures, parseDuration(limits.pause) ?? 30 * second);
  const unanswered = (work: Work, why: string) => fail(work, why, failurePolicy === 'Ignore' ? 'tell' : spoilt);

  const ask = async (work: Work, context: StageContext): Promise<Reply> => {
    const admission = breaker.admit(context.clock.now());
    if (!admission.go) return { postponed: admission.after };
    const review = reviewOf(work, { line: place.version, stage: place.name, attempt: context.attempt ?? 0 });
    let answered: Awaited<ReturnType<typeof call>>;
    try {
      answered = await call(http, settings, work.pod?.metadata.namespace, review, context);
    } catch (error) {
      if (context.signal.aborted) breaker.abandoned();
      else breaker.failed(context.clock.now());
      throw error;
    }
    const reply = isUnanswered(answered)
      ? { wrong: answered.problem }
      : answered.code === 200
        ? readAnswer(answered.body)
        : { wrong: `${originOf(settings)} answered with ${answered.code} instead of 200` };
    if ('wrong' in reply) breaker.failed(context.clock.now());
    else breaker.answered();
    return reply;
  };

  return async (work, context) => {
    const { pod, claim } = work;
    // a container that does not exist yet has nothing to be told of
    if (!pod) return pass(work);
    const replied = answerTo({ pod, claim, ask: (aside) => ask(work, aside) }, place, calls, context);
    if (!replied) return retry(work, `${originOf(settings)} has not answered yet`);
    const { answer } = replied;
    if ('postponed' in answer) {
      const why = `${originOf(settings)} has not answered ${limits.failures} times in a row and is not called for a while`;
      return failurePolicy === 'Ignore' ? unanswered(work, why) : retry(work, why, answer.postponed);
    }
    return 'wrong' in answer ? unanswered(work, answer.wrong) : conclude(work, answer, settings, spoilt);
  };
}

function conclude<Work extends Subject & WithMarks>(
  work: Work,
  answer: Answer,
  { marks }: WebhookSettings,
  spoilt: Consequence,
): StageVerdict<Work> {
  const why = answer.why ?? 'the webhook gave no reason';
  if (answer.verdict === 'retry') return retry(work, why, parseDuration(answer.after ?? '') ?? lookAgain);
  if (answer.verdict === 'fail') return fail(work, why, spoilt);
  const { labels = {}, annotations = {} } = answer;
  const unknown = [
    ...Object.keys(labels).filter((key) => !marks.labels.includes(key)),
    ...Object.keys(annotations).filter((key) => !marks.annotations.includes(key)),
  ];
  if (unknown.length > 0)
    return fail(
      work,
      `its verdict sets ${unknown.slice(0, 3).join(', ')}, which settings.marks does not allow`,
      spoilt,
    );
  return pass({ ...work, marks: { labels, annotations } });
}
