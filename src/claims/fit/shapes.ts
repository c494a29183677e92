/** Sizes that go by a name: what an item asks for, in the words of the pool that it comes from. */
import type { ClaimItem } from '../../api/container-claim.js';
import type { ContainerPool } from '../../api/container-pool.js';
import type { Pod } from '../../api/kubernetes.js';
import { annotations } from '../../api/names.js';
import { resources } from '../../api/size.js';
import type { Slot } from '../../line/index.js';

type Shaped = Pick<ContainerPool, 'spec'>;

/** Why the pool cannot give the item its shape, with the shapes that there are. */
export function shapeObjection({ shape }: ClaimItem, { spec: { shapes = [] } }: Shaped): string | undefined {
  if (shape === undefined || shapes.some(({ name }) => name === shape)) return undefined;
  return `shape ${shape} is not among the pool's spec.shapes (${shapes.map(({ name }) => name).join(', ') || 'none'})`;
}

/** The item with its size written out. */
export function inShape(item: ClaimItem, { spec: { shapes = [] } }: Shaped): ClaimItem {
  const resources = shapes.find(({ name }) => name === item.shape)?.resources;
  return resources ? { ...item, resources } : item;
}

/** The slot as this container was given it: what its pool understood by the shape then stays, whatever it means now. */
export function asGiven(slot: Slot, { metadata }: Pod): Slot {
  const text = metadata.annotations?.[annotations.size];
  if (slot.item.shape === undefined || text === undefined) return slot;
  return { ...slot, item: { ...slot.item, resources: readSize(text) } };
}

/** Written by us alone: a policy keeps others from our annotations. What cannot be read asks for no size. */
function readSize(text: string): ClaimItem['resources'] {
  try {
    return resources.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
