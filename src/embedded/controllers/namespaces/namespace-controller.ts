import { Namespace } from '../../../api/kubernetes.js';
import type { Kind } from '../../../api/meta/kind.js';
import { keyOf, nameOf, type Ref, type Resource } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { NotFound } from '../../../cluster/errors.js';
import {
  again,
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  For,
  type Manager,
  Maps,
  type Reconciler,
  type Result,
} from '../../../runtime/index.js';
import { type Duration, second } from '../../../support/time.js';

const contents = 'contents-of-namespace';
/** Objects deleted at once. */
const batch = 100;
/** What is left is looked at again after that, should the news of its end have been missed. */
const lookAgain: Duration = 5 * second;

const namespaceOf = ({ metadata }: Resource): readonly string[] => [metadata.namespace ?? ''];
const isTerminating = ({ metadata }: Resource): boolean => metadata.deletionTimestamp !== undefined;

/** Deletes what is in a terminating namespace, then lets the namespace go. Knows only `kinds`. */
export class NamespaceController implements Reconciler {
  readonly #cluster: Cluster;

  constructor(
    private readonly manager: Pick<Manager, 'cluster' | 'cache' | 'index'>,
    private readonly kinds: readonly Kind<Resource>[],
  ) {
    this.#cluster = manager.cluster;
    for (const kind of kinds) manager.index(kind, contents, namespaceOf);
  }

  definition(): ControllerDefinition {
    const gone = { when: (_old: Resource | undefined, object: Resource | undefined) => object === undefined };
    const contentsGone = this.kinds.map((kind) => Maps(kind, namespaceOf, gone));
    return defineController({
      name: 'namespace',
      reconciler: this,
      watches: [For(Namespace), ...contentsGone],
      concurrency: 4,
    });
  }

  async reconcile(ref: Ref, { signal }: Context): Promise<Result> {
    const namespace = this.manager.cache.get(Namespace, keyOf(ref));
    if (!namespace || !isTerminating(namespace)) return done;
    const left = this.kinds.flatMap((kind) =>
      [...this.manager.cache.byIndex(kind, contents, ref.name).values()].map((object) => ({ kind, object })),
    );
    const living = left.filter(({ object }) => !isTerminating(object));
    for (let i = 0; i < living.length; i += batch)
      await Promise.all(living.slice(i, i + batch).map(({ kind, object }) => this.#remove(kind, object, signal)));
    if (left.length > 0 || !(await this.#isEmpty(ref.name, signal))) return again(lookAgain);
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
    try {
      await this.#cluster.replace(
        Namespace,
        { ...namespace, spec: { finalizers } },
        { subresource: 'finalize', signal },
      );
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
    return done;
  }

  /** The caches may be behind: a live look, before the namespace goes for good. */
  async #isEmpty(namespace: string, signal: AbortSignal): Promise<boolean> {
    for (const kind of this.kinds) {
      const { items } = await this.#cluster.list(kind, { namespace, limit: 1 }, { signal });
      if (items.length > 0) return false;
    }
    return true;
  }

  async #remove(kind: Kind<Resource>, object: Resource, signal: AbortSignal): Promise<void> {
    try {
      await this.#cluster.remove(kind, nameOf(object), {
        propagation: 'Background',
        preconditions: { uid: object.metadata.uid },
        signal,
      });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }
}
