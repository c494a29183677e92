import type { RemoveOptions } from '../../cluster/cluster.js';
import { second, timestamp, instantOf, type Instant } from '../../support/time.js';
import { equal, type Item, objectAt } from './json.js';
import { conflict } from './refusals.js';
import type { KindRules } from './kinds/rules.js';

/** What a delete does: nothing, mark the object, remove it, or mark it and then remove it (both are seen by watchers). */
export interface Deletion {
  readonly marked?: Item;
  readonly remove: boolean;
}

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** Decides a delete as `k8s.io/apiserver`'s generic registry does. Throws Conflict when a precondition fails. */
export function decideDeletion(object: Item, options: RemoveOptions, rules: KindRules, now: Instant): Deletion {
  checkPreconditions(object, options, rules);
  const { metadata } = object;
  const grace = rules.kind.name === 'Pod' && rules.kind.group === '' ? graceOf(object, options) : undefined;
  const started = metadata.deletionTimestamp !== undefined;
  if (grace !== undefined && started) {
    const before = metadata.deletionGracePeriodSeconds ?? 0;
    if (before > 0) {
      if (options.gracePeriodSeconds === undefined || grace.asked >= before) return { remove: false };
      return mark(shortened(object, grace.asked, before, now), options, grace.asked);
    }
  }
  if (grace !== undefined && !started) {
    const at = timestamp(now + grace.seconds * second);
    const marked = withMetadata(object, { deletionTimestamp: at, deletionGracePeriodSeconds: grace.seconds });
    return mark(raisedGeneration(marked), options, grace.seconds);
  }
  const finalizers = finalizersFor(object, options);
  if (rules.holdsDeletion?.(object)) {
    if (started) return { remove: false };
    const ending = withMetadata(object, { deletionTimestamp: timestamp(now) });
    return { marked: rules.prepareDelete?.(ending) ?? ending, remove: false };
  }
  if (finalizers.length === 0) return { remove: true };
  const held = withFinalizers(object, finalizers);
  if (started) return { marked: held, remove: false };
  const ended = withMetadata(held, { deletionTimestamp: timestamp(now), deletionGracePeriodSeconds: 0 });
  return { marked: raisedGeneration(ended), remove: false };
}

function mark(object: Item, options: RemoveOptions, grace: number): Deletion {
  const finalizers = finalizersFor(object, options);
  return { marked: withFinalizers(object, finalizers), remove: grace === 0 && finalizers.length === 0 };
}

/** Throws Conflict when the object is not the one, or not the version, that was meant. */
export function checkPreconditions(
  { metadata }: Item,
  { preconditions }: Pick<RemoveOptions, 'preconditions'>,
  { kind }: Pick<KindRules, 'kind'>,
): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      kind,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      kind,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

/** How long a pod may take to end, in seconds: `asked` for, and what it gets. */
function graceOf(pod: Item, options: RemoveOptions): { readonly asked: number; readonly seconds: number } {
  const spec = objectAt(pod.spec);
  const { phase } = objectAt(pod.status);
  const own = typeof spec.terminationGracePeriodSeconds === 'number' ? spec.terminationGracePeriodSeconds : 0;
  const asked = atLeastOne(options.gracePeriodSeconds ?? own);
  const atOnce = !spec.nodeName || phase === 'Succeeded' || phase === 'Failed';
  return { asked, seconds: atOnce ? 0 : asked };
}

/** Negative grace means one second. */
const atLeastOne = (grace: number): number => (grace < 0 ? 1 : grace);

function shortened(object: Item, grace: number, before: number, now: Instant): Item {
  const begun = (instantOf(object.metadata.deletionTimestamp) ?? now) - before * second;
  const end = begun + grace * second;
  if (end >= now) return withMetadata(object, { deletionTimestamp: timestamp(end), deletionGracePeriodSeconds: grace });
  return withMetadata(object, { deletionTimestamp: timestamp(now), deletionGracePeriodSeconds: grace === 0 ? 0 : 1 });
}

/** The finalizers that hold the object for the garbage collector, beside its own. */
function finalizersFor({ metadata }: Item, { propagation }: RemoveOptions): readonly string[] {
  const before = metadata.finalizers ?? [];
  const own = before.filter((finalizer) => finalizer !== orphan && finalizer !== foreground);
  switch (propagation) {
    case 'Orphan':
      return [...own, orphan];
    case 'Foreground':
      return [...own, foreground];
    case 'Background':
      return own;
    case undefined:
      return before;
  }
}

function withFinalizers(object: Item, finalizers: readonly string[]): Item {
  if (equal(finalizers, object.metadata.finalizers ?? [])) return object;
  const { finalizers: _before, ...metadata } = object.metadata;
  return { ...object, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
}

const withMetadata = (object: Item, change: Partial<Item['metadata']>): Item => ({
  ...object,
  metadata: { ...object.metadata, ...change },
});

function raisedGeneration(object: Item): Item {
  const { generation } = object.metadata;
  return generation === undefined ? object : withMetadata(object, { generation: generation + 1 });
}

/** Whether an update that leaves an object like this ends it: it was terminating, and nothing holds it any more. */
export function endsByUpdate(object: Item, old: Item, rules: KindRules): boolean {
  return (
    old.metadata.deletionTimestamp !== undefined &&
    (object.metadata.finalizers?.length ?? 0) === 0 &&
    (old.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    !rules.holdsDeletion?.(object)
  );
}
