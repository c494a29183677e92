import type { Kind } from '../api/meta/kind.js';
import type { Key, Resource } from '../api/meta/resource.js';
import type { Watch } from '../runtime/index.js';

/** A watch that watches nothing: wakes reconciles for reasons that lie in the controller itself. */
export class Nudge<T extends Resource> implements Watch {
  readonly role = 'maps';
  readonly kind: Watch['kind'];
  #wake: (key: Key) => void = () => undefined;

  constructor(kind: Kind<T>) {
    this.kind = kind;
  }

  connect: Watch['connect'] = (_informers, _reconciled, wake) => {
    this.#wake = (key) => wake(key, 0, 0);
    return () => [];
  };

  wake(keys: Iterable<Key>): void {
    for (const key of keys) this.#wake(key);
  }
}
