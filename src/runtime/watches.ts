import { apiVersionOf, controllerOf, type Kind } from '../api/meta/kind.js';
import { type Key, keyOf, nameOf, type Resource } from '../api/meta/resource.js';
import type { Duration } from '../support/time.js';
import type { MapFunction } from './cache.js';
import type { Informers } from './informers.js';

/** Puts a key into a controller's queue. */
type Wake = (key: Key, priority: number, delay: Duration) => void;

export interface WatchOptions<T extends Resource> {
  /** Whether a change matters: `old` is absent for a new object, `object` for one that is gone. Default: every change does. */
  readonly when?: (old: T | undefined, object: T | undefined) => boolean;
  /** Higher ones are taken from the queue first. Default 0. */
  readonly priority?: number;
  /** Wakes so much later, and once for all changes in between: for reconciles that look at many objects. Default 0. */
  readonly delay?: Duration;
}

/** One kind whose changes wake a controller. */
export interface Watch {
  readonly kind: Kind<Resource>;
  /** `For`: the objects that the controller reconciles. */
  readonly role: 'for' | 'owns' | 'maps';
  /** Wakes on every change from now on. Returns what wakes for all that is there, object by object. */
  connect(informers: Informers, reconciled: Kind<Resource>, wake: Wake): () => Iterable<() => void>;
}

/** What only a list brought (at the start, after a gap) comes after everything that just happened. */
const listedLater = -1000;

/** The objects that the controller reconciles. */
export const For = <T extends Resource>(kind: Kind<T>, options: WatchOptions<T> = {}): Watch =>
  watch('for', kind, () => (object) => [keyOf(nameOf(object))], options);

/** Objects whose controller (the owner that says `controller: true`) is one of the reconciled objects: wakes that one. */
export const Owns = <T extends Resource>(kind: Kind<T>, options: WatchOptions<T> = {}): Watch =>
  watch('owns', kind, (reconciled) => (object) => ownerKeys(reconciled, object), options);

/** Objects that say something about reconciled ones: wakes those that `map` names. */
export const Maps = <T extends Resource>(kind: Kind<T>, map: MapFunction<T>, options: WatchOptions<T> = {}): Watch =>
  watch('maps', kind, () => map, options);

function watch<T extends Resource>(
  role: Watch['role'],
  kind: Kind<T>,
  mapFor: (reconciled: Kind<Resource>) => MapFunction<T>,
  { when = () => true, priority = 0, delay = 0 }: WatchOptions<T>,
): Watch {
  return {
    kind,
    role,
    connect(informers, reconciled, wake) {
      const informer = informers.of(kind);
      const keysOf = mapFor(reconciled);
      const wakeAll = (object: T, at: number) => {
        for (const key of keysOf(object)) wake(key, at, delay);
      };
      const at = (origin: string) => (origin === 'list' ? priority + listedLater : priority);
      informer.addHandler({
        add: (object, origin) => {
          if (when(undefined, object)) wakeAll(object, at(origin));
        },
        update: (old, object, origin) => {
          if (!when(old, object)) return;
          wakeAll(old, at(origin));
          wakeAll(object, at(origin));
        },
        delete: (old, origin) => {
          if (when(old, undefined)) wakeAll(old, at(origin));
        },
      });
      return function* () {
        for (const object of informer.list()) yield () => wakeAll(object, priority + listedLater);
      };
    },
  };
}

function ownerKeys(reconciled: Kind<Resource>, object: Resource): readonly Key[] {
  const owner = controllerOf(object);
  if (owner?.kind !== reconciled.name || !sameGroup(owner.apiVersion, reconciled)) return [];
  const { namespace } = object.metadata;
  const ref = reconciled.namespaced && namespace !== undefined ? { namespace, name: owner.name } : { name: owner.name };
  return [keyOf(ref)];
}

/** Owners may be named in an older version of the same group. */
function sameGroup(apiVersion: string, reconciled: Kind<Resource>): boolean {
  if (apiVersion === apiVersionOf(reconciled)) return true;
  const slash = apiVersion.indexOf('/');
  return (slash < 0 ? '' : apiVersion.slice(0, slash)) === reconciled.group;
}

/** Wakes reconciles from within this process: for what was worked out, and stands in no object. */
export class Bell {
  readonly #wakes: ((key: Key) => void)[] = [];

  ring(key: Key): void {
    for (const wake of this.#wakes) wake(key);
  }

  connect(wake: (key: Key) => void): void {
    this.#wakes.push(wake);
  }
}

/** What a bell rings for. Whatever it would have said is said anew when the controller starts. */
export const Rings = <T extends Resource>(
  kind: Kind<T>,
  bell: Bell,
  { priority = 0, delay = 0 }: Pick<WatchOptions<T>, 'priority' | 'delay'> = {},
): Watch => ({
  kind,
  role: 'maps',
  connect(_informers, _reconciled, wake) {
    bell.connect((key) => wake(key, priority, delay));
    return () => [];
  },
});
