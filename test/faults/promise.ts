/** What a claim promises of its n-th container, worked out anew from the claim's spec: nothing of the operator is used. */
import type { ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations, fileAnnotation, origins } from '../../src/api/names.js';
import { sameQuantity } from '../../src/support/quantity.js';
import { mainOf, statusOf } from './foreign.js';

export interface Promised {
  readonly name: string;
  readonly item: ClaimItem;
}

export function promisedAt(claim: Pick<ContainerClaim, 'spec'>, index: number): Promised | undefined {
  let left = index;
  for (const [position, item] of claim.spec.items.entries()) {
    if (left < item.count) return { name: item.name ?? String(position), item };
    left -= item.count;
  }
  return undefined;
}

type Asking = Pick<ContainerClaim, 'spec' | 'metadata'>;

/** What it asked for, given away or not. */
export const promisedTo = ({ spec }: Pick<ContainerClaim, 'spec'>): number =>
  spec.items.reduce((sum, { count }) => sum + count, 0);

export const desiredOf = (claim: Asking): number => promisedTo(claim) - givenAway(claim).length;

export const leastOf = (claim: Asking): number => Math.min(claim.spec.minAvailable ?? Infinity, desiredOf(claim));

/** The numbers that migrations have taken from the claim for good. */
export function givenAway({ metadata }: Pick<ContainerClaim, 'metadata'>): readonly number[] {
  const all = JSON.parse(metadata.annotations?.[annotations.released] ?? '{}') as Record<string, readonly number[]>;
  return [...new Set(Object.values(all).flat())];
}

/** Whether a migration has brought the container to where it is. */
export const isMigrated = ({ metadata }: Pod): boolean =>
  metadata.annotations?.[annotations.origin] === origins.migrated;

/** Whether it runs with the image that the item names: not in the container that it had in stock. */
export function hasItsImage(pod: Pod, { image }: ClaimItem): boolean {
  if (image === undefined) return true;
  const before = pod.metadata.annotations?.[annotations.replacedContainer];
  return mainOf(pod)?.image === image && statusOf(pod)?.containerID !== before;
}

/** What of its promise a delivered pod lacks, size aside: all of it comes with the hand-over itself. */
export function lackOf(pod: Pod, claim: ContainerClaim): string | undefined {
  const index = Number(pod.metadata.annotations?.[annotations.index] ?? NaN);
  const promised = promisedAt(claim, index);
  if (!promised) return `has number ${pod.metadata.annotations?.[annotations.index]} of ${desiredOf(claim)}`;
  const { name, item } = promised;
  const isLatched = pod.metadata.annotations?.[annotations.latchMode] !== undefined;
  if (isLatched) {
    const untold = lackOfDelivery(pod, claim, index, item);
    if (untold !== undefined) return untold;
  }
  const env = item.env?.length ? JSON.stringify(Object.fromEntries(item.env.map((v) => [v.name, v.value]))) : undefined;
  const wanted: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ...Object.entries(item.labels ?? {}).map(([key, value]) => [key, value, pod.metadata.labels?.[key]] as const),
    ...Object.entries({
      ...item.annotations,
      ...(isLatched
        ? {}
        : Object.fromEntries((item.files ?? []).map((file) => [fileAnnotation(file.name), file.content]))),
      [annotations.item]: name,
      [annotations.env]: isLatched ? undefined : env,
      [annotations.tenant]: claim.spec.tenant,
    }).map(([key, value]) => [key, value, pod.metadata.annotations?.[key]] as const),
  ];
  if (item.image !== undefined && mainOf(pod)?.image !== item.image)
    return `has the image ${mainOf(pod)?.image}, not ${item.image}`;
  for (const [key, value, found] of wanted) if (value !== found) return `has ${key} ${found}, not ${value}`;
  return undefined;
}

/** What a latch is not told: lines, in the form of docs/reference/latch.md. */
function lackOfDelivery(pod: Pod, claim: ContainerClaim, index: number, item: ClaimItem): string | undefined {
  const text = pod.metadata.annotations?.[annotations.latch] ?? '';
  const lines = text.split('\n');
  const wanted = [
    'penstock 1',
    // one whose program has begun goes on by the delivery that it has begun with
    ...(isMigrated(pod) ? [] : [`delivery ${claim.metadata.uid}/${index}`]),
    ...(item.env ?? []).map(({ name, value }) => `env ${name}=${value}`),
    ...(item.files ?? []).map((file) => `file 0644 ${file.name} ${file.content}`),
    'end',
  ];
  const missing = wanted.find((line) => !lines.includes(line));
  return missing === undefined ? undefined : `has no line '${missing}' for its latch, but ${JSON.stringify(text)}`;
}

/** Whether the main container has, and runs with, every amount that the item names. */
export function hasItsSize(pod: Pod, item: ClaimItem): boolean {
  const container = mainOf(pod);
  const actual = statusOf(pod)?.resources;
  return (['requests', 'limits'] as const).every((bound) =>
    Object.entries(item.resources?.[bound] ?? {}).every(
      ([resource, amount]) =>
        amount === undefined ||
        (sameQuantity(String(amount), container?.resources?.[bound]?.[resource]) &&
          sameQuantity(String(amount), actual?.[bound]?.[resource])),
    ),
  );
}
