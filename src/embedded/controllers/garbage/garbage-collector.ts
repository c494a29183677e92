import { apiVersionOf, type Kind } from '../../../api/meta/kind.js';
import type { OwnerReference } from '../../../api/meta/metadata.js';
import { keyOf, nameOf, type Ref, type Resource } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { NotFound } from '../../../cluster/errors.js';
import { mergePatch } from '../../../cluster/patch.js';
import {
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  For,
  type Manager,
  type Result,
  type Watch,
} from '../../../runtime/index.js';
import { Nudge } from '../../nudge.js';
import {
  blocking,
  decideDependent,
  foreground,
  type OwnerState,
  orphan,
  orphansDependents,
  waitsForDependents,
} from './decide.js';

const byOwner = 'owner-uid';
/** How many owners are remembered as gone: all dependents of one ask for it at about the same time. */
const absentLimit = 500;
const concurrency = 32;

const ownerUids = (object: Resource): readonly string[] =>
  (object.metadata.ownerReferences ?? []).map(({ uid }) => uid);

interface Member {
  readonly kind: Kind<Resource>;
  readonly nudge: Nudge<Resource>;
}

/**
 * Deletes what has lost its owners, and sees deletions in the foreground and with orphans through, as the garbage
 * collector of kube-controller-manager does. It knows only `kinds`: an owner of any other kind counts as there.
 */
export class GarbageCollector {
  readonly #members: readonly Member[];
  /** Uids are never used again: who was gone once stays gone. */
  readonly #absent = new Set<string>();
  readonly #cluster: Cluster;

  constructor(
    private readonly manager: Pick<Manager, 'cluster' | 'cache' | 'index'>,
    kinds: readonly Kind<Resource>[],
  ) {
    this.#cluster = manager.cluster;
    this.#members = kinds.map((kind) => ({ kind, nudge: new Nudge(kind) }));
    for (const kind of kinds) manager.index(kind, byOwner, ownerUids);
  }

  /** One controller for each kind. */
  definitions(): readonly ControllerDefinition[] {
    return this.#members.map(({ kind, nudge }) =>
      defineController({
        name: `garbage-collector-${kind.plural}`,
        reconciler: { reconcile: (ref, context) => this.#reconcile(kind, ref, context) },
        // everything once at the start; afterwards the graph says whom a change concerns
        watches: [For(kind, { when: () => false }), nudge, this.#follow(kind)],
        concurrency,
      }),
    );
  }

  async #reconcile(kind: Kind<Resource>, ref: Ref, { signal }: Context): Promise<Result> {
    const object = this.manager.cache.get(kind, keyOf(ref));
    if (!object) return done;
    try {
      if (orphansDependents(object)) await this.#orphan(kind, object, signal);
      else if (waitsForDependents(object)) await this.#finishForeground(kind, object, signal);
      else await this.#judge(kind, object, signal);
    } catch (error) {
      // somebody else was faster
      if (!(error instanceof NotFound)) throw error;
    }
    return done;
  }

  async #judge(kind: Kind<Resource>, object: Resource, signal: AbortSignal): Promise<void> {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0 || object.metadata.deletionTimestamp !== undefined) return;
    const owners: { reference: OwnerReference; state: OwnerState }[] = [];
    for (const reference of references)
      owners.push({ reference, state: await this.#stateOf(reference, object, signal) });
    const plan = decideDependent(
      object,
      owners,
      this.#dependents(object).map(({ object }) => object),
    );
    const { uid, resourceVersion } = object.metadata;
    if (plan.do === 'drop-references') await this.#drop(kind, object, plan.uids, signal);
    if (plan.do === 'delete')
      await this.#cluster.remove(kind, nameOf(object), {
        propagation: plan.propagation,
        preconditions: { uid, resourceVersion },
        signal,
      });
  }

  /** The cache may be behind, or not know a name: only a live read can say that an owner is gone. */
  async #stateOf(reference: OwnerReference, dependent: Resource, signal: AbortSignal): Promise<OwnerState> {
    if (this.#absent.has(reference.uid)) return 'absent';
    const kind = this.#kindOf(reference);
    const { namespace } = dependent.metadata;
    if (!kind || (kind.namespaced && namespace === undefined)) return 'solid';
    const ref: Ref =
      kind.namespaced && namespace !== undefined ? { namespace, name: reference.name } : { name: reference.name };
    const known = this.manager.cache.get(kind, keyOf(ref));
    const owner = known?.metadata.uid === reference.uid ? known : await this.#read(kind, ref, signal);
    if (owner?.metadata.uid !== reference.uid) {
      this.#remember(reference.uid);
      return 'absent';
    }
    return waitsForDependents(owner) ? 'waiting' : 'solid';
  }

  async #read(kind: Kind<Resource>, ref: Ref, signal: AbortSignal): Promise<Resource | undefined> {
    try {
      return await this.#cluster.get(kind, ref, { signal });
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  async #finishForeground(kind: Kind<Resource>, owner: Resource, signal: AbortSignal): Promise<void> {
    const dependents = this.#dependents(owner);
    const blockers = blocking(
      owner,
      dependents.map(({ object }) => object),
    );
    if (blockers.length === 0) return this.#removeFinalizer(kind, owner, foreground, signal);
    for (const { member, object } of dependents) member.nudge.wake([keyOf(nameOf(object))]);
  }

  async #orphan(kind: Kind<Resource>, owner: Resource, signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#dependents(owner).map(async ({ member, object }) => {
        try {
          await this.#drop(member.kind, object, [owner.metadata.uid], signal);
        } catch (error) {
          if (!(error instanceof NotFound)) throw error;
        }
      }),
    );
    await this.#removeFinalizer(kind, owner, orphan, signal);
  }

  /** The resourceVersion makes it a compare-and-swap: a reference that was added meanwhile is not lost. */
  async #drop(kind: Kind<Resource>, object: Resource, uids: readonly string[], signal: AbortSignal): Promise<void> {
    const { resourceVersion } = object.metadata;
    const rest = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.includes(uid));
    const ownerReferences = rest.length === 0 ? null : rest;
    await this.#cluster.patch(kind, nameOf(object), mergePatch({ metadata: { resourceVersion, ownerReferences } }), {
      signal,
    });
  }

  async #removeFinalizer(
    kind: Kind<Resource>,
    object: Resource,
    finalizer: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { resourceVersion } = object.metadata;
    const rest = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
    const finalizers = rest.length === 0 ? null : rest;
    await this.#cluster.patch(kind, nameOf(object), mergePatch({ metadata: { resourceVersion, finalizers } }), {
      signal,
    });
  }

  #dependents(owner: Resource): readonly { readonly member: Member; readonly object: Resource }[] {
    return this.#members.flatMap((member) =>
      [...this.manager.cache.byIndex(member.kind, byOwner, owner.metadata.uid).values()].map((object) => ({
        member,
        object,
      })),
    );
  }

  /** Owners may be named in an older version of the same group. */
  #kindOf(reference: OwnerReference): Kind<Resource> | undefined {
    const group = (apiVersion: string) =>
      apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return this.#members.find(
      ({ kind }) => kind.name === reference.kind && group(apiVersionOf(kind)) === group(reference.apiVersion),
    )?.kind;
  }

  #remember(uid: string): void {
    this.#absent.add(uid);
    for (const oldest of this.#absent) {
      if (this.#absent.size <= absentLimit) break;
      this.#absent.delete(oldest);
    }
  }

  /** Wakes whom a change of an object of `kind` concerns: itself, its owners, its dependents. */
  #follow(kind: Kind<Resource>): Watch {
    const self = this.#members.find((member) => member.kind === kind)?.nudge;
    const wakeSelf = (object: Resource) => self?.wake([keyOf(nameOf(object))]);
    const wakeDependents = (owner: Resource) => {
      for (const { member, object } of this.#dependents(owner)) member.nudge.wake([keyOf(nameOf(object))]);
    };
    const wakeOwners = (object: Resource) => {
      for (const reference of object.metadata.ownerReferences ?? []) this.#wakeOwner(reference, object);
    };
    return {
      kind,
      role: 'maps',
      connect: (informers) => {
        informers.of(kind).addHandler({
          add: (object) => {
            if (object.metadata.ownerReferences || object.metadata.deletionTimestamp) wakeSelf(object);
          },
          update: (old, object) => {
            const [before, after] = [old.metadata, object.metadata];
            const moved = !sameOwners(before.ownerReferences, after.ownerReferences);
            const died = before.deletionTimestamp === undefined && after.deletionTimestamp !== undefined;
            if (moved) wakeOwners(old);
            if (moved || died || before.finalizers?.length !== after.finalizers?.length) wakeSelf(object);
            if (died) wakeDependents(object);
            // a name that means another object now: the news of the end of the old one was missed
            if (before.uid !== after.uid) wakeDependents(old);
          },
          delete: (object) => {
            wakeDependents(object);
            wakeOwners(object);
          },
        });
        return () => [];
      },
    };
  }

  #wakeOwner(reference: OwnerReference, dependent: Resource): void {
    const kind = this.#kindOf(reference);
    const { namespace } = dependent.metadata;
    const ref =
      kind?.namespaced && namespace !== undefined ? { namespace, name: reference.name } : { name: reference.name };
    this.#members.find((member) => member.kind === kind)?.nudge.wake([keyOf(ref)]);
  }
}

function sameOwners(a: readonly OwnerReference[] = [], b: readonly OwnerReference[] = []): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every(({ uid, blockOwnerDeletion }, i) => uid === b[i]?.uid && blockOwnerDeletion === b[i]?.blockOwnerDeletion)
  );
}
