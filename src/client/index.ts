/**
 * For programs that use Penstock: make a claim, follow it until it is served or refused, read the containers that it got.
 * The command line and the demo are such programs, and do nothing that others could not do with this room. What the
 * package offers to programs outside is in library.ts and testing.ts, over the same functions.
 * Everything goes through the Cluster port and the Clock, so it works with every cluster. It decides nothing that the
 * operator decides, and keeps no state: what it returns was read from the cluster.
 */
export { type ClaimProgress, progressOf } from './claim-progress.js';
export { containersOf } from './containers.js';
export { createClaim, createPool } from './create.js';
export { follow } from './follow.js';
export { requireClaim, requireMigration, requirePool } from './lookup.js';
export { createMigration, type MigrationProgress, untilMoved } from './migrate.js';
export { releaseClaim } from './release.js';
export { scalePool } from './scale.js';
export { untilComplete } from './until-complete.js';
export { untilReady } from './until-ready.js';
