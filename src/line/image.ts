/** Another image for a container that stands in stock: it is changed in its place, and its main container restarts. Pure. */
import type { ClaimItem } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { type Containing, mainContainer, mainContainerId, mainStatus } from './main-container.js';
import type { DeliverWork } from './work.js';

type Imaged = Pick<ClaimItem, 'image'>;

/** The image that the item asks for, where the container has another one. */
export function changedImage(pod: Containing, { image }: Imaged): string | undefined {
  return image !== undefined && image !== mainContainer(pod)?.image ? image : undefined;
}

/** Why the pool does not give the item its image, with those that it gives; `undefined`: it does. */
export function imageObjection({ image }: Imaged, { metadata, spec }: ContainerPool): string | undefined {
  const own = spec.template && mainContainer(spec.template)?.image;
  if (image === undefined || image === own || spec.images?.includes(image)) return undefined;
  const known = [own, ...(spec.images ?? [])].filter((one) => one !== undefined).join(', ');
  return `asks for the image ${image}; pool ${metadata.name} gives ${known} (spec.images)`;
}

/** Whether its image was changed for its claim: nobody else would want it then. */
export const hasOtherImage = ({ metadata }: Pick<Pod, 'metadata'>): boolean =>
  metadata.annotations?.[annotations.replacedContainer] !== undefined;

/** Whether the container runs with the image that the item asks for: another container than the one that it had in stock. */
export function hasItsImage({ pod, slot }: Pick<DeliverWork, 'pod' | 'slot'>): boolean {
  const { image } = slot.item;
  if (image === undefined) return true;
  if (changedImage(pod, slot.item) !== undefined) return false;
  const before = pod.metadata.annotations?.[annotations.replacedContainer];
  return before === undefined || (mainContainerId(pod) ?? before) !== before;
}

/** How often a latch must have started before it opens for an item with another image: once more than it has. */
export function startsFor(pod: Pod, item: Imaged): number | undefined {
  if (changedImage(pod, item) === undefined) return undefined;
  return (mainStatus(pod)?.restartCount ?? 0) + 2;
}
