/** The marks that make a container a claim's: the same for one from stock and one made cold. */
import type { ContainerClaim } from '../api/container-claim.js';
import { annotations, fileAnnotation, labels, states } from '../api/names.js';
import { type Instant, microTimestamp } from '../support/time.js';
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
}

/** Labels and annotations of a delivered container: whose it is, which promise it fulfils, and its configuration. */
export function deliveredMarks({ claim, slot, origin, term, now }: Delivery): Marks {
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
      ...(claim.spec.tenant === undefined ? {} : { [annotations.tenant]: claim.spec.tenant }),
      ...(item.env?.length
        ? { [annotations.env]: JSON.stringify(Object.fromEntries(item.env.map(({ name, value }) => [name, value]))) }
        : {}),
      ...Object.fromEntries((item.files ?? []).map(({ name, content }) => [fileAnnotation(name), content])),
    },
  };
}
