/** A case that the embedded cluster does not pass. The suite fails as well when it does pass: then the entry must go. */
export interface Difference {
  readonly topic: string;
  readonly case: string;
  /** `accepted`: it shall stay so. `known gap`: it shall not. */
  readonly kind: 'accepted' | 'known gap';
  readonly reason: string;
}

/** No difference is accepted in hand-over, pod fields, resize, patches, watch and garbage collection. */
export const differences: readonly Difference[] = [];
