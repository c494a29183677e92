/** Reads a cluster, page by page, as the lines of a snapshot: nothing but the names of pods is held. */
import { Node, Pod } from '../../api/kubernetes.js';
import { apiVersionOf } from '../../api/meta/kind.js';
import { type Key, keyOf, nameOf, type Ref, refOf, type Resource } from '../../api/meta/resource.js';
import type { Cluster, WatchEvent } from '../../cluster/cluster.js';
import { Expired, Forbidden, NotFound } from '../../cluster/errors.js';
import type { UseSample, UseSource } from '../../scheduler/index.js';
import type { Clock } from '../../support/clock.js';
import { fingerprint } from '../../support/digest.js';
import { CodedError, messageOf } from '../../support/errors.js';
import { type Duration, type Instant, minute, second } from '../../support/time.js';
import { keep } from './kept.js';
import { type SnapshotKind, snapshotKinds } from './kinds.js';
import type { Naming } from './naming.js';
import { formatName, formatVersion, type Header, type SnapshotLine, type SnapshotObject } from './record.js';

export interface TakeOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Of Penstock. */
  readonly program: string;
  readonly server?: string;
  readonly naming: Naming;
  readonly anonymous: boolean;
  /** Measures nodes and pods; `undefined`: use is left out. @param nodeOf where a pod is */
  readonly useSource?: (nodeOf: (pod: Key) => string | undefined) => UseSource;
  /** For how long the cluster is watched after it was read; 0: not at all. */
  readonly watch: Duration;
  /** Ends the watching early; what was seen is in the snapshot. */
  readonly signal: AbortSignal;
  readonly progress?: (sentence: string) => void;
}

/** A write that waits until there is room for more. */
export type WriteLine = (line: Header | SnapshotLine) => Promise<void>;

/** From one reading of use to the next while the cluster is watched. */
const useInterval: Duration = minute;
const pageSize = 500;
/** So many times in a row a watch may fail before it is given up. */
const mostFailures = 10;
/** @returns what could not be read */
export async function takeSnapshot(options: TakeOptions, write: WriteLine): Promise<readonly string[]> {
  const taking = new Taking(options, write);
  return taking.run();
}

class Taking {
  readonly #nodes = new Map<string, Node>();
  readonly #nodeOf = new Map<Key, string>();
  readonly #counts: Record<string, number> = {};
  readonly #lacking: string[] = [];
  #uses = 0;
  #events = 0;

  constructor(
    private readonly options: TakeOptions,
    private readonly write: WriteLine,
  ) {}

  async run(): Promise<readonly string[]> {
    const { clock, program, server, anonymous, watch } = this.options;
    await this.write({
      format: formatName,
      version: formatVersion,
      takenAt: clock.now(),
      program,
      ...(server !== undefined && { server }),
      anonymous,
    });
    const since = new Map<SnapshotKind, string>();
    for (const one of snapshotKinds) {
      const version = await this.#readKind(one);
      if (version !== undefined) since.set(one, version);
    }
    const source = this.options.useSource?.((pod) => this.#nodeOf.get(pod));
    if (source) await this.#readUse(source);
    if (watch > 0) await this.#watch(since, source);
    await this.write({
      end: {
        at: clock.now(),
        objects: this.#counts,
        uses: this.#uses,
        events: this.#events,
        lacking: [...new Set(this.#lacking)],
      },
    });
    return [...new Set(this.#lacking)];
  }

  /** Returns as of when it was read; `undefined`: it could not be. */
  async #readKind(one: SnapshotKind): Promise<string | undefined> {
    const { cluster, progress, signal } = this.options;
    const { kind } = one;
    let next: string | undefined;
    let count = 0;
    try {
      for (;;) {
        const page = await cluster
          .list(kind, { limit: pageSize, ...(next !== undefined && { continue: next }) }, { signal })
          .catch((error: unknown) => {
            // it took too long: from the beginning, and who reads it keeps the newest of each
            if (!(error instanceof Expired) || next === undefined) throw error;
            return cluster.list(kind, {}, { signal });
          });
        for (const object of page.items) await this.#object(one, object);
        count += page.items.length;
        next = page.continue;
        if (next === undefined) {
          this.#counts[kind.name] = count;
          if (count > 0) progress?.(`${count} ${kind.plural}`);
          return page.resourceVersion;
        }
      }
    } catch (error) {
      // the server does not know the kind: there are none
      if (error instanceof NotFound) return undefined;
      if (!(error instanceof Forbidden) || kind.name === Node.name || kind.name === Pod.name) throw error;
      this.#lacking.push(`${kind.plural} may not be listed: ${one.lacking}`);
      return undefined;
    }
  }

  async #object(one: SnapshotKind, object: Resource): Promise<void> {
    this.#note(one, object);
    await this.write({ object: this.#kept(one, object) });
  }

  /** Where pods are, and which nodes there are to be measured. */
  #note({ kind }: SnapshotKind, object: Resource, isGone = false): void {
    const key = keyOf(nameOf(object));
    if (kind.name === Node.name) {
      if (isGone) this.#nodes.delete(key);
      else this.#nodes.set(key, addressed(object));
    }
    if (kind.name === Pod.name) {
      const { nodeName } = (object as Pod).spec ?? {};
      if (isGone) this.#nodeOf.delete(key);
      else if (nodeName !== undefined) this.#nodeOf.set(key, nodeName);
    }
  }

  #kept({ kind, kept }: SnapshotKind, object: Resource): SnapshotObject {
    const left = keep(object, kept, this.options.naming);
    return { ...(left as SnapshotObject), apiVersion: apiVersionOf(kind), kind: kind.name };
  }

  async #readUse(source: UseSource): Promise<void> {
    const samples: UseSample[] = [];
    let failed = 0;
    const report = { sample: (sample: UseSample) => void samples.push(sample), failure: () => void failed++ };
    try {
      await source.read([...this.#nodes.values()], report, this.options.signal);
    } catch (error) {
      this.options.signal.throwIfAborted();
      this.#lacking.push(`use could not be read, what pods request stands for it: ${messageOf(error)}`);
      return;
    }
    if (failed > 0) this.#lacking.push(`use of ${failed} nodes could not be read, what pods request stands for it`);
    for (const sample of samples) await this.#use(sample);
  }

  async #use({ node, from, to, use, pods }: UseSample): Promise<void> {
    const { naming } = this.options;
    this.#uses++;
    const named = ({ namespace, name }: Ref): Key =>
      keyOf({ ...(namespace !== undefined && { namespace: naming.name(namespace) }), name: naming.name(name) });
    await this.write({
      use: {
        node: naming.name(node),
        from,
        to,
        mean: known(use),
        ...(pods && { pods: Object.fromEntries([...pods].map(([key, of]) => [named(refOf(key)), known(of)])) }),
      },
    });
  }

  /** What comes, changes and goes, and what is used meanwhile. One line at a time is written, whoever has it. */
  async #watch(since: ReadonlyMap<SnapshotKind, string>, source: UseSource | undefined): Promise<void> {
    const { clock, watch, signal } = this.options;
    const end = clock.now() + watch;
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    let turn = Promise.resolve();
    const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work));
    const following = [...since]
      .filter(([{ isWatched }]) => isWatched)
      .map(([one, version]) => this.#follow(one, version, either, inTurn));
    const all = Promise.all(following);
    try {
      while (clock.now() < end && !either.aborted) {
        await Promise.race([clock.sleep(Math.min(useInterval, end - clock.now()), either), all]);
        if (source && !either.aborted) await inTurn(() => this.#readUse(source));
      }
    } catch (error) {
      if (!either.aborted) throw error;
    } finally {
      ended.abort();
      await all.catch(() => {});
      // a write that failed is said by the next one
      await turn.catch(() => {});
    }
  }

  async #follow(
    one: SnapshotKind,
    version: string,
    signal: AbortSignal,
    inTurn: (work: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { cluster, clock } = this.options;
    const { plural } = one.kind;
    const last = new Map<string, string>();
    let since = version;
    let failures = 0;
    while (!signal.aborted) {
      try {
        for await (const event of cluster.watch(one.kind, { since }, { signal })) {
          failures = 0;
          since = versionOf(event);
          if (event.type === 'BOOKMARK') continue;
          const { type, object } = event;
          const at = clock.now();
          await inTurn(() => this.#event(one, { type, object, at }, last));
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof CodedError) throw error;
        if (error instanceof Forbidden || ++failures === mostFailures) {
          this.#lacking.push(`${plural} could not be watched to the end: ${messageOf(error)}`);
          return;
        }
        if (error instanceof Expired) {
          this.#lacking.push(`some changes of ${plural} were missed: the server had forgotten them`);
          since = (await cluster.list(one.kind, { limit: 1 }, { signal })).resourceVersion;
        } else await clock.sleep(failures * second, signal).catch(() => {});
      }
    }
  }

  async #event(
    one: SnapshotKind,
    {
      type,
      object,
      at,
    }: { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Resource; readonly at: Instant },
    last: Map<string, string>,
  ): Promise<void> {
    this.#note(one, object, type === 'DELETED');
    const kept = this.#kept(one, object);
    const { resourceVersion: _, ...metadata } = kept.metadata;
    const digest = fingerprint({ ...kept, metadata });
    // what changed is not in the snapshot
    if (type === 'MODIFIED' && last.get(kept.metadata.uid) === digest) return;
    if (type === 'DELETED') last.delete(kept.metadata.uid);
    else last.set(kept.metadata.uid, digest);
    this.#events++;
    await this.write({ event: { at, type, object: kept } });
  }
}

const versionOf = (event: WatchEvent<Resource>): string =>
  event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;

/** As sources of use need it: who it is, and by which addresses it is reached. */
function addressed({
  apiVersion,
  kind,
  metadata: { name, uid, resourceVersion, creationTimestamp },
  status,
}: Node): Node {
  const { addresses, daemonEndpoints } = status ?? {};
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, creationTimestamp },
    status: { ...(addresses && { addresses }), ...(daemonEndpoints && { daemonEndpoints }) },
  };
}

const known = (amounts: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(amounts).flatMap(([name, amount]): [string, number][] =>
      amount === undefined ? [] : [[name, amount]],
    ),
  );
