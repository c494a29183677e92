import { apiVersionOf, type Kind } from '../api/meta/kind.js';
import type { Key, Resource } from '../api/meta/resource.js';
import type { Cache } from './cache.js';
import { Informer, type InformerOptions } from './informer.js';

const idOf = (kind: Kind<Resource>): string =>
  `${apiVersionOf(kind)}/${kind.plural}${kind.below ? `/${kind.below.path}` : ''}`;

/** One informer per kind, made when first asked for: the cache of a manager. */
export class Informers implements Cache {
  readonly #informers = new Map<string, Informer<Resource>>();

  constructor(private readonly options: Omit<InformerOptions<Resource>, 'kind' | 'labels'>) {}

  /** The informer of a kind; it is made if there is none. */
  of<T extends Resource>(kind: Kind<T>): Informer<T> {
    const known = this.find(kind);
    if (known) return known;
    const made = new Informer<T>({ ...this.options, kind });
    // the id of a kind stands for the type of its objects: `find` gives it back
    this.#informers.set(idOf(kind), made as unknown as Informer<Resource>);
    return made;
  }

  find<T extends Resource>(kind: Kind<T>): Informer<T> | undefined {
    return this.#informers.get(idOf(kind)) as unknown as Informer<T> | undefined;
  }

  all(): readonly Informer<Resource>[] {
    return [...this.#informers.values()];
  }

  get<T extends Resource>(kind: Kind<T>, key: Key): T | undefined {
    return this.#watched(kind).get(key);
  }

  list<T extends Resource>(kind: Kind<T>): Iterable<T> {
    return this.#watched(kind).list();
  }

  byIndex<T extends Resource>(kind: Kind<T>, index: string, value: string): ReadonlyMap<Key, T> {
    return this.#watched(kind).byIndex(index, value);
  }

  #watched<T extends Resource>(kind: Kind<T>): Informer<T> {
    const informer = this.find(kind);
    if (!informer) throw new Error(`${kind.name} is not watched: no controller does, and no index was declared on it`);
    return informer;
  }
}
