import { z } from 'zod';
import { fail, finish, pass, type Stage, type StageContext, type StageVerdict } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { ReclaimWork, RestockWork } from '../work.js';
import { remindReturned } from './remind.js';
import { restock, restoreSize } from './restock.js';
import { takeBack } from './take-back.js';

/** What is done to a container that came back until it is in stock again; the pool says when each is due. */
const cleaning: readonly Stage<RestockWork>[] = [remindReturned, restoreSize, restock];

/**
 * Brings a container back into stock instead of deleting it, where it may serve its tenant again and can be cleaned: then
 * the stages after it are not for it. What cannot be cleaned goes on to them.
 */
export const scrub = stageType({
  name: 'scrub',
  about:
    'Cleans a container whose claim has ended, by its latch, and puts it back into stock for its tenant: where the pool says `latch.reuse: SameTenant` and it can be shown to be clean. Such a container is not for the stages after this one; all others are.',
  settings: z.strictObject({}),
  make: (): Stage<ReclaimWork> => ({
    name: 'scrub',
    late: 'tell',
    async run(work, context) {
      const { pod, back } = work;
      if (back) return onwards(work, await takeBack.run({ ...back, pod }, context));
      return work.cleaning ? cleaned(work, { pod, pool: work.cleaning }, context) : pass(work);
    },
  }),
});

async function cleaned(
  work: ReclaimWork,
  start: RestockWork,
  context: StageContext,
): Promise<StageVerdict<ReclaimWork>> {
  let present = start;
  for (const stage of cleaning) {
    const verdict = await stage.run(present, context);
    if (verdict.verdict !== 'pass') return onwards(work, verdict);
    present = verdict.work;
  }
  return finish({ ...work, pod: present.pod });
}

/** One that failed is not clean, and goes. */
function onwards(
  work: ReclaimWork,
  verdict: StageVerdict<{ readonly pod: ReclaimWork['pod'] }>,
): StageVerdict<ReclaimWork> {
  const present = { ...work, pod: verdict.work.pod };
  switch (verdict.verdict) {
    case 'pass':
    case 'finish':
      return finish(present);
    case 'retry':
      return { ...verdict, work: present };
    case 'fail': {
      const { back: _, cleaning: __, ...rest } = present;
      return verdict.consequence === 'abort'
        ? fail(present, verdict.why, 'abort')
        : pass({ ...rest, why: verdict.why });
    }
  }
}
