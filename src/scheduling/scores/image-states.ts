import type { Node } from '../../api/kubernetes.js';
import type { Snapshot } from '../snapshot/snapshot.js';

type Images = NonNullable<NonNullable<Node['status']>['images']>;

/** Which nodes have which images, by name, and how big they are there. */
export class ImageStates {
  readonly #sizes = new Map<string, Map<number, number>>();
  readonly #ofRow: (Images | undefined)[] = [];
  #position = -1;
  #version = 0;

  /** Changes when any node has other images than before. */
  get version(): number {
    return this.#version;
  }

  /** Sizes of an image by row, in bytes. */
  sizes(image: string): ReadonlyMap<number, number> | undefined {
    return this.#sizes.get(image);
  }

  update(nodes: Snapshot): void {
    if (this.#position === nodes.nodeChanges.position) return;
    const changed = this.#position < 0 ? undefined : nodes.nodeChanges.since(this.#position);
    if (changed) for (const row of changed) this.#set(row, nodes.info(row)?.node.status?.images);
    else for (let row = 0; row < nodes.rows; row++) this.#set(row, nodes.info(row)?.node.status?.images);
    this.#position = nodes.nodeChanges.position;
  }

  #set(row: number, images: Images = []): void {
    const before = this.#ofRow[row] ?? [];
    if (before === images || areEqual(before, images)) return;
    for (const { names = [] } of before) for (const name of names) this.#sizes.get(name)?.delete(row);
    for (const { names = [], sizeBytes = 0 } of images)
      for (const name of names) {
        const rows = this.#sizes.get(name) ?? new Map<number, number>();
        this.#sizes.set(name, rows.set(row, sizeBytes));
      }
    for (const { names = [] } of before)
      for (const name of names) if (this.#sizes.get(name)?.size === 0) this.#sizes.delete(name);
    this.#ofRow[row] = images;
    this.#version++;
  }
}

const areEqual = (a: Images, b: Images): boolean =>
  a.length === b.length &&
  a.every(({ names = [], sizeBytes }, index) => {
    const other = b[index];
    const others = other?.names ?? [];
    return (
      sizeBytes === other?.sizeBytes && names.length === others.length && names.every((name, at) => name === others[at])
    );
  });
