/** The lines of a snapshot: the header first, then objects and use, then what happened meanwhile, the end last. */
import { z } from 'zod';

export const formatName = 'penstock-cluster-snapshot';
/** Raised when files are written that programs before cannot read. */
export const formatVersion = 1;

export const header = z.object({
  format: z.literal(formatName),
  version: z.int(),
  /** Milliseconds since 1970, as all times here. */
  takenAt: z.number(),
  /** Of Penstock. */
  program: z.string(),
  /** Of Kubernetes; absent: it did not say. */
  server: z.string().optional(),
  anonymous: z.boolean(),
});
export type Header = z.output<typeof header>;

const resource = z.looseObject({
  kind: z.string(),
  apiVersion: z.string(),
  metadata: z.looseObject({ name: z.string(), uid: z.string() }),
});
/** cpu in thousandths of a core, the rest in the units of the resource. */
const amounts = z.record(z.string(), z.number());

const objectLine = z.object({ object: resource });
/** What a node, and each of its pods by `namespace/name`, used from one instant to another. */
const useLine = z.object({
  use: z.object({
    node: z.string(),
    from: z.number(),
    to: z.number(),
    mean: amounts,
    pods: z.record(z.string(), amounts).optional(),
  }),
});
/** An object came, changed or went while the cluster was watched. */
const eventLine = z.object({
  event: z.object({ at: z.number(), type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: resource }),
});
const endLine = z.object({
  end: z.object({
    at: z.number(),
    /** By kind. */
    objects: z.record(z.string(), z.int()),
    uses: z.int(),
    events: z.int(),
    /** What could not be read, and what a result lacks without it. */
    lacking: z.array(z.string()),
  }),
});

export const line = z.union([objectLine, useLine, eventLine, endLine]);
export type SnapshotLine = z.output<typeof line>;
export type SnapshotObject = z.output<typeof resource>;
export type UseRecord = z.output<typeof useLine>['use'];
export type SnapshotEvent = z.output<typeof eventLine>['event'];
export type SnapshotEnd = z.output<typeof endLine>['end'];
