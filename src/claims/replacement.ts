/**
 * Of several containers with one number of a claim, which one serves, which one is to come in its place, and which one goes.
 * Pure, and the same for every replica: it is read from the pods alone.
 */
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { isReady, isRestarted, termOf } from '../line/index.js';

export interface SettledSlot {
  /** Its work counts as the claim's. */
  readonly keeper: Pod | undefined;
  /** Takes the keeper's place as soon as it serves. */
  readonly replacement: Pod | undefined;
  /** Asked to go, and the keeper has taken its place. */
  readonly leaving: readonly Pod[];
  readonly surplus: readonly Pod[];
}

/**
 * One that is asked to go is kept until another one serves. A replacement whose request was withdrawn is surplus: the container
 * that it was for has worked all the time, and may have state that the other one lacks. So is one that does not serve and was made
 * for nobody's place, by a second leader: it may never serve.
 * @param running the containers of the slot whose work goes on
 * @param isConfigured whether one has all that the claim gives it
 */
export function settleSlot(running: readonly Pod[], isConfigured: (pod: Pod) => boolean): SettledSlot {
  const isAsked = (pod: Pod) => evictionRequestOf(pod) !== undefined;
  const someAsked = running.some(isAsked);
  const present = new Set(running.map(({ metadata }) => metadata.uid));
  const isServing = (pod: Pod) => isReady(pod) && isConfigured(pod);
  const rank = (pod: Pod): number => {
    if (!someAsked) return present.has(replacedBy(pod) ?? '') ? 1 : 0;
    return isServing(pod) ? (isAsked(pod) ? 1 : 0) : isAsked(pod) ? 2 : 3;
  };
  const [keeper, ...others] = running.toSorted((a, b) => rank(a) - rank(b) || keepsBefore(a, b));
  if (!keeper || !someAsked) return { keeper, replacement: undefined, leaving: [], surplus: others };
  if (!isAsked(keeper)) {
    const [leaving, surplus] = [others.filter(isAsked), others.filter((pod) => !isAsked(pod))];
    return { keeper, replacement: undefined, leaving, surplus };
  }
  const replacement = others.find((pod) => !isAsked(pod) && present.has(replacedBy(pod) ?? ''));
  return { keeper, replacement, leaving: [], surplus: others.filter((pod) => pod !== replacement) };
}

/** Of several containers with one number, every replica keeps the same: of the latest lease term, then of the lowest uid. */
function keepsBefore(a: Pod, b: Pod): number {
  return termOf(b) - termOf(a) || (a.metadata.uid < b.metadata.uid ? -1 : 1);
}

/** The uid of the container whose place it was to take. */
const replacedBy = ({ metadata }: Pod): string | undefined => metadata.annotations?.[annotations.replaces];

/**
 * Whether a container of a claim is to be replaced. Work that ends is not begun a second time beside the first: such a container is
 * left alone.
 */
export const isReplaceable = (pod: Pod): boolean => isRestarted(pod) && evictionRequestOf(pod) !== undefined;
