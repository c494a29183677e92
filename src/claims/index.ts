/**
 * Claims: deliver batches of containers from pools. What a claim has is read from the pods that carry its uid (ledger),
 * what it needs next is decided by a pure function (plan), done through the line's stages (controller) and told in its
 * status (status). This room makes no stock: it takes what is ready, and wakes waiting claims when there is more.
 */
export { objectionTo } from './admission.js';
export { ClaimController } from './controller.js';
export { indexes, openClaims, podsOfClaim, shelf } from './indexes.js';
export { desiredOf } from './slots.js';
export { whoseTurn } from './turn.js';
