/** What a claim promises of its n-th container, worked out anew from the claim's spec: nothing of the operator is used. */
import type { ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations, fileAnnotation } from '../../src/api/names.js';
import { sameQuantity } from '../../src/support/quantity.js';

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

export const desiredOf = ({ spec }: Pick<ContainerClaim, 'spec'>): number =>
  spec.items.reduce((sum, { count }) => sum + count, 0);

export const leastOf = (claim: Pick<ContainerClaim, 'spec'>): number => claim.spec.minAvailable ?? desiredOf(claim);

/** What of its promise a delivered pod lacks, size aside: all of it comes with the hand-over itself. */
export function lackOf(pod: Pod, claim: ContainerClaim): string | undefined {
  const index = Number(pod.metadata.annotations?.[annotations.index] ?? NaN);
  const promised = promisedAt(claim, index);
  if (!promised) return `has number ${pod.metadata.annotations?.[annotations.index]} of ${desiredOf(claim)}`;
  const { name, item } = promised;
  const env = item.env?.length ? JSON.stringify(Object.fromEntries(item.env.map((v) => [v.name, v.value]))) : undefined;
  const wanted: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ...Object.entries(item.labels ?? {}).map(([key, value]) => [key, value, pod.metadata.labels?.[key]] as const),
    ...Object.entries({
      ...item.annotations,
      ...Object.fromEntries((item.files ?? []).map((file) => [fileAnnotation(file.name), file.content])),
      [annotations.item]: name,
      [annotations.env]: env,
      [annotations.tenant]: claim.spec.tenant,
    }).map(([key, value]) => [key, value, pod.metadata.annotations?.[key]] as const),
  ];
  for (const [key, value, found] of wanted) if (value !== found) return `has ${key} ${found}, not ${value}`;
  return undefined;
}

/** Whether the first container has, and runs with, every amount that the item names. */
export function hasItsSize(pod: Pod, item: ClaimItem): boolean {
  const [container] = pod.spec?.containers ?? [];
  const actual = pod.status?.containerStatuses?.find(({ name }) => name === container?.name)?.resources;
  return (['requests', 'limits'] as const).every((bound) =>
    Object.entries(item.resources?.[bound] ?? {}).every(
      ([resource, amount]) =>
        amount === undefined ||
        (sameQuantity(String(amount), container?.resources?.[bound]?.[resource]) &&
          sameQuantity(String(amount), actual?.[bound]?.[resource])),
    ),
  );
}
