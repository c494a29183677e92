/** Cases that the embedded cluster does not pass. The suite fails as well when one does pass: then it must go from here. */
export interface Difference {
  readonly topic: string;
  /** `accepted`: it shall stay so. `known gap`: it shall not. */
  readonly kind: 'accepted' | 'known gap';
  readonly reason: string;
  readonly cases: readonly string[];
}

/** No difference is accepted in hand-over, pod fields, resize, patches, watch and garbage collection. */
export const differences: readonly Difference[] = [];
