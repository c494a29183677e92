/** How stages ask what is outside about a container: in the background, so that no reconcile waits for an answer. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import type { ProductionLine } from '../api/production-line.js';
import type { BackgroundCalls } from '../runtime/index.js';
import { claimUidOf, isTerminating } from './pod-state.js';
import type { StageContext } from './stage.js';
import type { Place } from './stage-type.js';
import { lineNameOf, rememberedAs } from './versions.js';

export interface Question<T> {
  readonly pod: Pod;
  /** Whose the container is. */
  readonly claim?: ContainerClaim | undefined;
  /** What else of the container the answer depends on. */
  readonly about?: string | number | undefined;
  readonly ask: (context: StageContext) => Promise<T>;
}

/** The answer, once; `undefined`: there is none yet, and the object on whose behalf it is asked is woken when there is. */
export function answerTo<T>(
  { pod, claim, about = '', ask }: Question<T>,
  { version = '', chain, name }: Pick<Place, 'version' | 'chain' | 'name'>,
  calls: BackgroundCalls,
  context: StageContext,
): { readonly answer: T } | undefined {
  const { namespace = '', uid: subject } = pod.metadata;
  const purpose = [version, chain, name, claim?.metadata.uid ?? '', about].join('/');
  const asked = calls.ask({ namespace, subject, purpose }, (signal) => ask({ ...context, signal }), context);
  if (asked.over) return { answer: asked.value };
  context.hold?.(asked.ended);
  return undefined;
}

/** A container has changed: where it goes, or goes to somebody else, nobody waits for an answer about it. */
export function abandonAbout(calls: BackgroundCalls, old: Pod, pod: Pod | undefined): void {
  const isGone = pod?.metadata.uid !== old.metadata.uid;
  const isGoing = pod && isTerminating(pod) && !isTerminating(old);
  const wasDelivered = claimUidOf(old) !== undefined;
  if (isGone || isGoing || (wasDelivered && claimUidOf(old) !== claimUidOf(pod))) calls.abandon(old.metadata.uid);
}

/** A line has changed: by a version that it does not remember, or when it is gone, nobody works on. */
export function abandonBy(calls: BackgroundCalls, old: ProductionLine, line: ProductionLine | undefined): void {
  const { namespace = '', name } = old.metadata;
  calls.abandonIn(namespace, ({ purpose }) => {
    const version = purpose.slice(0, purpose.indexOf('/'));
    return lineNameOf(version) === name && !rememberedAs(line, version);
  });
}
