import type { ContainerClaim } from '../api/container-claim.js';
import type { Metadata } from '../api/meta/metadata.js';
import { annotations } from '../api/names.js';
import { mergePatch, type Patch } from '../cluster/patch.js';

/**
 * The numbers that a claim has given to other workloads by migrations and does not fill again. They stand in an annotation of
 * the claim before its containers leave: its spec never changes, and the pods that went carry other marks.
 */
export type Released = Readonly<Record<string, readonly number[]>>;

interface Marked {
  readonly metadata?: Pick<Metadata, 'annotations'>;
}

/** By the uid of the migration. What cannot be read is none: then the claim fills all its numbers. */
export function releasedBy({ metadata }: Marked): Released {
  const text = metadata?.annotations?.[annotations.released];
  if (text === undefined) return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).map(([uid, numbers]) => [
        uid,
        Array.isArray(numbers) ? numbers.filter((one): one is number => Number.isInteger(one)) : [],
      ]),
    );
  } catch {
    return {};
  }
}

const none: ReadonlySet<number> = new Set();

export function releasedOf(claim: Marked): ReadonlySet<number> {
  if (claim.metadata?.annotations?.[annotations.released] === undefined) return none;
  return new Set(Object.values(releasedBy(claim)).flat());
}

/** The numbers that this migration has had released become these; the claim must not have changed meanwhile. */
export function releasePatch(claim: ContainerClaim, migration: string, numbers: readonly number[]): Patch {
  const { [migration]: _, ...others } = releasedBy(claim);
  const all = numbers.length === 0 ? others : { ...others, [migration]: numbers };
  return mergePatch({
    metadata: {
      resourceVersion: claim.metadata.resourceVersion,
      annotations: { [annotations.released]: Object.keys(all).length === 0 ? null : JSON.stringify(all) },
    },
  });
}
