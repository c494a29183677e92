/** The marks that make a container a claim's: the same for one from stock and one made cold. */
import type { ContainerClaim } from '../api/container-claim.js';
import { annotations, fileAnnotation, labels, states } from '../api/names.js';
import { type Instant, microTimestamp } from '../support/time.js';
import { latchText } from './latch/delivery.js';
import { comesBack, isLatched, type Latchable, secretPathOf } from './latch/pod-latch.js';
import { mainContainer } from './main-container.js';
import { wantedResources } from './stages/resize/resources.js';
import type { Slot } from './work.js';

export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Delivery {
  readonly claim: ContainerClaim;
  readonly slot: Slot;
  readonly origin: string;
  readonly term: number;
  readonly now: Instant;
  /** The version of the production line that it goes by; absent: the built-in one. */
  readonly line?: string | undefined;
  /** How often a latch must have started before it opens, where the container gets another image. */
  readonly starts?: number;
  /** When the container's life ends, where the claim has a lifetime. */
  readonly expiresAt?: Instant;
  /** The uid of the container whose place it takes, where that is asked to go. */
  readonly replaces?: string;
}

/**
 * Labels and annotations of a delivered container: whose it is, which promise it fulfils, and its configuration.
 * @param pod as it is before, or as it is about to be made
 */
export function deliveredMarks(delivery: Delivery, pod: Latchable): Marks {
  const { claim, slot, origin, term, now, line, replaces } = delivery;
  const { item } = slot;
  return {
    labels: { ...item.labels, [labels.state]: states.delivered, [labels.claim]: claim.metadata.name },
    annotations: {
      ...item.annotations,
      [annotations.claimUid]: claim.metadata.uid,
      [annotations.index]: String(slot.index),
      [annotations.item]: slot.itemName,
      [annotations.term]: String(term),
      [annotations.origin]: origin,
      [annotations.deliveredAt]: microTimestamp(now),
      [annotations.safeToEvict]: 'false',
      ...(replaces === undefined ? {} : { [annotations.replaces]: replaces }),
      ...(line === undefined ? {} : { [annotations.line]: line }),
      ...(slot.failures ? { [annotations.failures]: String(slot.failures) } : {}),
      ...(item.shape === undefined ? {} : { [annotations.size]: JSON.stringify(item.resources ?? {}) }),
      ...(claim.spec.tenant === undefined ? {} : { [annotations.tenant]: claim.spec.tenant }),
      ...(isLatched(pod) ? { [annotations.latch]: latchOf(delivery, pod) } : filesOf(item)),
    },
  };
}

/** Without a latch: what the downward API shows as files, one annotation for each. */
function filesOf({ env = [], files = [] }: Slot['item']): Readonly<Record<string, string>> {
  const variables = Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']));
  return {
    ...(env.length > 0 ? { [annotations.env]: JSON.stringify(variables) } : {}),
    ...Object.fromEntries(files.map(({ name, content }) => [fileAnnotation(name), content ?? ''])),
  };
}

function latchOf({ claim, slot, expiresAt, starts }: Delivery, pod: Latchable): string {
  const main = mainContainer(pod);
  return latchText({
    claimUid: claim.metadata.uid,
    slot,
    item: slot.item,
    size: main ? wantedResources(slot.item, main) : { limits: {} },
    secretPath: secretPathOf(pod),
    starts,
    // others end by activeDeadlineSeconds
    expiresAt: comesBack(pod, claim) ? expiresAt : undefined,
  });
}
