import { keyOf, nameOf, type Ref } from '../../api/meta/resource.js';
import { Expired } from '../../cluster/errors.js';
import { type Change, History } from './history.js';
import type { Item } from './json.js';
import type { KindRules } from './kinds/rules.js';
import type { Selection } from './selection.js';
import type { Watcher } from './watch.js';

/** Objects of one namespace by name, sorted when somebody lists them. */
class Bucket {
  readonly objects = new Map<string, Item>();
  #sorted: readonly string[] | undefined;

  set(name: string, object: Item): void {
    if (!this.objects.has(name)) this.#sorted = undefined;
    this.objects.set(name, object);
  }

  delete(name: string): void {
    this.#sorted = undefined;
    this.objects.delete(name);
  }

  *inOrder(): Iterable<Item> {
    this.#sorted ??= [...this.objects.keys()].sort();
    for (const name of this.#sorted) {
      const object = this.objects.get(name);
      if (object) yield object;
    }
  }
}

const order = (a: Item, b: Item): number =>
  compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const nodeOf = (object: Item): string => {
  const node = (object.spec as { readonly nodeName?: unknown } | undefined)?.nodeName;
  return typeof node === 'string' ? node : '';
};

/** All objects of one kind, with their history and those who watch them. */
export class Table {
  readonly #buckets = new Map<string, Bucket>();
  readonly #byNode: Map<string, Map<string, Ref>> | undefined;
  readonly #watchers = new Set<Watcher>();
  readonly #watchersByNode = new Map<string, Set<Watcher>>();
  readonly #history: History;
  #size = 0;

  constructor(
    public rules: KindRules,
    historyLimit: number,
  ) {
    this.#history = new History(historyLimit);
    if (rules.fields?.['spec.nodeName']) this.#byNode = new Map();
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): Item | undefined {
    return this.#buckets.get(namespace ?? '')?.objects.get(name);
  }

  /** Whether a namespace holds anything of this kind. */
  has(namespace: string): boolean {
    return (this.#buckets.get(namespace)?.objects.size ?? 0) > 0;
  }

  /** Files a change and shows it to the watchers. */
  commit(change: Change): void {
    const { namespace = '', name } = change.object.metadata;
    let bucket = this.#buckets.get(namespace);
    if (!bucket) {
      bucket = new Bucket();
      this.#buckets.set(namespace, bucket);
    }
    if (change.deleted) {
      bucket.delete(name);
      if (bucket.objects.size === 0) this.#buckets.delete(namespace);
    } else bucket.set(name, change.object);
    this.#size += (change.deleted ? 0 : 1) - (change.before ? 1 : 0);
    if (this.#byNode) this.#file(this.#byNode, change);
    this.#history.add(change);
    this.#show(change);
  }

  #file(byNode: Map<string, Map<string, Ref>>, { before, object, deleted }: Change): void {
    const was = before && nodeOf(before);
    const is = deleted ? undefined : nodeOf(object);
    if (was === is) return;
    const ref = nameOf(object);
    const key = keyOf(ref);
    if (was !== undefined) {
      const there = byNode.get(was);
      there?.delete(key);
      if (there?.size === 0) byNode.delete(was);
    }
    if (is === undefined) return;
    const there = byNode.get(is);
    if (there) there.set(key, ref);
    else byNode.set(is, new Map([[key, ref]]));
  }

  #show(change: Change): void {
    for (const watcher of this.#watchers) watcher.see(change);
    if (this.#watchersByNode.size === 0) return;
    const after = nodeOf(change.object);
    const before = change.before ? nodeOf(change.before) : after;
    for (const watcher of this.#watchersByNode.get(after) ?? []) watcher.see(change);
    if (before !== after) for (const watcher of this.#watchersByNode.get(before) ?? []) watcher.see(change);
  }

  /** The objects that are selected, by namespace and name. */
  select(selection: Selection): readonly Item[] {
    const { matches } = selection;
    const items: Item[] = [];
    for (const object of this.#candidates(selection)) if (!matches || matches(object)) items.push(object);
    return items;
  }

  *#candidates({ namespace, name, node }: Selection): Iterable<Item> {
    if (name !== undefined && namespace !== undefined) {
      const object = this.get(namespace, name);
      if (object) yield object;
    } else if (node !== undefined && this.#byNode) {
      const refs = [...(this.#byNode.get(node)?.values() ?? [])];
      const objects = refs.flatMap((ref) => this.get(ref.namespace, ref.name) ?? []);
      for (const object of objects.sort(order))
        if (namespace === undefined || object.metadata.namespace === namespace) yield object;
    } else if (namespace !== undefined) yield* this.#buckets.get(namespace)?.inOrder() ?? [];
    else for (const there of [...this.#buckets.keys()].sort()) yield* this.#buckets.get(there)?.inOrder() ?? [];
  }

  /** The objects that were selected at an earlier version. Throws Expired when the history does not reach that far. */
  selectAt(selection: Selection, version: number): readonly Item[] {
    const { namespace, matches } = selection;
    const then = new Map<string, Item | undefined>();
    for (const { before, object } of this.changesAfter(version).toReversed())
      then.set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, before);
    if (then.size === 0) return this.select(selection);
    const items: Item[] = [];
    const add = (object: Item) => {
      if ((namespace === undefined || object.metadata.namespace === namespace) && (!matches || matches(object)))
        items.push(object);
    };
    for (const bucket of this.#buckets.values())
      for (const object of bucket.objects.values())
        if (!then.has(`${object.metadata.namespace ?? ''}/${object.metadata.name}`)) add(object);
    for (const object of then.values()) if (object) add(object);
    return items.sort(order);
  }

  /** Throws Expired when some of them are forgotten. */
  changesAfter(version: number): readonly Change[] {
    const changes = this.#history.after(version);
    if (changes) return changes;
    throw new Expired(`too old resource version: ${version}`);
  }

  forget(version: number): void {
    this.#history.forget(version);
  }

  addWatcher(watcher: Watcher): void {
    const { node } = watcher.selection;
    if (node === undefined || !this.#byNode) {
      this.#watchers.add(watcher);
      return;
    }
    const there = this.#watchersByNode.get(node);
    if (there) there.add(watcher);
    else this.#watchersByNode.set(node, new Set([watcher]));
  }

  dropWatcher(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    const { node } = watcher.selection;
    if (node === undefined) return;
    const there = this.#watchersByNode.get(node);
    there?.delete(watcher);
    if (there?.size === 0) this.#watchersByNode.delete(node);
  }

  watchers(): readonly Watcher[] {
    return [...this.#watchers, ...[...this.#watchersByNode.values()].flatMap((there) => [...there])];
  }
}
