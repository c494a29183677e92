/** The stages that lines can have, by chain. A new one is a file of its own and a line here. */
import type { Stage } from '../stage.js';
import type { StageType } from '../stage-type.js';
import type { DeliverWork, ProduceWork, ReclaimWork } from '../work.js';
import { configure } from './configure.js';
import { handOverStage } from './hand-over/hand-over.js';
import { inspect } from './inspect.js';
import { type Match, match } from './match/match.js';
import { notify } from './notify.js';
import { prepull } from './prepull.js';
import { provision } from './provision.js';
import { resizeStage } from './resize/resize.js';
import { retireStage } from './retire.js';
import { scrub } from './scrub.js';
import { stock } from './stock.js';
import { verify } from './verify.js';
import { warm } from './warm.js';
import { webhookOnTheWayIn, webhookOnTheWayOut } from './webhook.js';

type Types<Work> = readonly StageType<Stage<Work>>[];

/** From nothing into stock. */
export const produceStages: Types<ProduceWork> = [provision, prepull, warm, inspect, webhookOnTheWayIn(), stock];
/** Which containers of the stock a claim gets: the first of the chain deliver, and no stage like the others. */
export const matchStages: readonly StageType<Match>[] = [match];
/** From stock to a claim. */
export const deliverStages: Types<DeliverWork> = [
  handOverStage,
  resizeStage,
  configure,
  verify,
  notify,
  webhookOnTheWayIn(),
];
/** Out, or back into stock. */
export const reclaimStages: Types<ReclaimWork> = [scrub, webhookOnTheWayOut(), retireStage];

/** What each stage says of itself, whichever chain it is for. */
export const stageTypes: readonly Omit<StageType<unknown>, 'make'>[] = [
  ...produceStages,
  ...matchStages,
  ...deliverStages,
  ...reclaimStages,
];
