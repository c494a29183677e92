import type { Pod } from '../../../api/kubernetes.js';
import type { OwnerReference } from '../../../api/meta/metadata.js';
import type { Instant } from '../../../support/time.js';
import type { Marks } from '../../delivered-marks.js';

/** To whom a container in stock is handed over, and what it gets with that. */
export interface Target {
  /** Its only owner from then on. */
  readonly owner: OwnerReference;
  readonly marks: Marks;
  /** Annotations that it had and has no longer. */
  readonly dropped?: readonly string[];
  readonly droppedLabels?: readonly string[];
  /** The image that its main container gets, where that is another one. */
  readonly image?: string;
  /** When its life ends; `undefined`: whenever its owner likes. */
  readonly expiresAt?: Instant;
  /** Whether a pod is handed over to exactly this target already. */
  has(pod: Pod): boolean;
}

/** What a hand-over is made by: the term of the leader, and the moment. */
export interface Moment {
  readonly term: number;
  readonly now: Instant;
}
