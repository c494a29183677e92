/**
 * Migrations: running containers change from one workload to another without a restart. Whether they can is worked out field by
 * field (differences, objections), which go where is a pure function (plan), and each goes by one compare-and-swap on its pod
 * (targets), the same as in a delivery. The pods carry the migration's uid, and that is the ledger; the sizes of Deployments and
 * the numbers that claims give away are written with it, so that a crash repeats nothing.
 */
export { MigrationController } from './controller.js';
export { feasibility, type Feasibility } from './feasibility.js';
export { indexes, podsOfMigration } from './indexes.js';
