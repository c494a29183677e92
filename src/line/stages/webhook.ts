import type { Consequence, Stage } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { WithMarks } from '../noted.js';
import { webhookSettings } from '../webhook/settings.js';
import { consult } from '../webhook/webhook.js';
import type { Subject } from '../webhook/review.js';

/** @param spoilt what becomes of a container that is turned down, unless the line says otherwise */
const webhook = <Work extends Subject & WithMarks>(spoilt: Consequence) =>
  stageType({
    name: 'webhook',
    about:
      'A stage of your own: the operator tells a program of yours of the container, by a signed HTTP POST, and goes by its verdict. Once for a container; after a crash of the operator possibly once more.',
    settings: webhookSettings,
    retries: { count: 3, backoff: '1s' },
    make: (settings, workshop, place): Stage<Work> => {
      const run = consult<Work>(settings, workshop, place, spoilt);
      return { name: 'webhook', noted: true, late: spoilt, run };
    },
  });

export const webhookOnTheWayIn = <Work extends Subject & WithMarks>() => webhook<Work>('replace');
/** On the way out nothing is gained by keeping a container: what failed is noted. */
export const webhookOnTheWayOut = <Work extends Subject & WithMarks>() => webhook<Work>('tell');
