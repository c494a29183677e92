/**
 * Claims: deliver batches of containers from pools. What a claim has is read from the pods that carry its uid (ledger),
 * what it needs next is decided by a pure function (plan), done through the line's stages (controller) and told in its
 * status (status). Which pools suit it is in fit/, whose turn it is when stock is short in queue/. This room makes no stock.
 */
export { ClaimController } from './controller.js';
export { demandOf, Lacking } from './demand.js';
export { inShape } from './fit/shapes.js';
export { fitClaim, fitServed, objectionsOf } from './fit/fit.js';
export {
  anyPoolOf,
  finishedClaims,
  held,
  heldKey,
  indexes,
  isWaiting,
  openClaims,
  podsOfClaim,
  podsOfPool,
  poolsIn,
  shelf,
  waitingClaims,
} from './indexes.js';
export { Fits, isSelected, poolsOf } from './pools.js';
export { type Awaited, Board } from './queue/board.js';
export { QueueController } from './queue/controller.js';
export { type Flight, Shelf } from './shelf.js';
export { lifetimeOf, quotaObjection } from './admission.js';
export { type Holding, readLedger } from './ledger.js';
export { releasedBy, releasePatch } from './released.js';
export { Reserved } from './reserved.js';
export { isFinished, isServed } from './standing.js';
export { nobody, roomFor, rulesFor, tenantName } from './tenants.js';
export { leastOf, slotsOf } from './slots.js';
