import type { Node } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import { type Duration, formatDuration, type Instant } from '../../support/time.js';
import { type PodUse, PodWindow } from './pod-window.js';
import type { UseSample } from './use-source.js';
import { SampleWindow, type WindowLimits, type WindowUse } from './window.js';

/** Called when the use of a node is known anew, and with `undefined` when what is known counts no more. */
export type OnUse = (node: string, use: WindowUse | undefined) => void;

/** What is kept of a node. */
interface NodeRecord {
  readonly uid: string;
  readonly since: Instant;
  readonly samples: SampleWindow;
  readonly pods: PodWindow;
  /** `undefined`: stale, or never known. */
  use: WindowUse | undefined;
  /** What went wrong when it was read last. */
  failure: string | undefined;
}

/** What every node used over the last minutes. Told the time, it has no clock. */
export class UseStore {
  readonly #nodes = new Map<string, NodeRecord>();

  constructor(
    private readonly limits: WindowLimits,
    private readonly onUse: OnUse,
  ) {}

  /** How many nodes have figures that count, and how many have none. */
  get counts(): { readonly fresh: number; readonly stale: number } {
    let fresh = 0;
    for (const { use } of this.#nodes.values()) if (use) fresh++;
    return { fresh, stale: this.#nodes.size - fresh };
  }

  /** Forgets all other nodes. One of the same name that is not the same begins anew. */
  keepOnly(nodes: readonly Node[], now: Instant): void {
    const before = new Map(this.#nodes);
    this.#nodes.clear();
    for (const { metadata } of nodes) {
      const { name, uid } = metadata;
      const known = before.get(name);
      this.#nodes.set(name, known?.uid === uid ? known : this.#newRecord(uid, now));
      if (known?.use && known.uid !== uid) this.onUse(name, undefined);
    }
  }

  /** Returns whether the node is one of those that are kept. */
  add(sample: UseSample, now: Instant): boolean {
    const record = this.#nodes.get(sample.node);
    if (!record) return false;
    record.failure = undefined;
    if (!record.samples.add(sample)) return true;
    record.pods.add(sample);
    if (this.#isStale(sample.to, now)) return true;
    record.use = record.samples.use();
    this.onUse(sample.node, record.use);
    return true;
  }

  /** Returns whether the node is one of those that are kept. */
  fail(node: string, why: string): boolean {
    const record = this.#nodes.get(node);
    if (record) record.failure = why;
    return record !== undefined;
  }

  /** Lets go what is too old. Returns when the next will be; `undefined` when there is nothing left. */
  expire(now: Instant): Instant | undefined {
    let oldest: Instant | undefined;
    for (const [node, record] of this.#nodes) {
      const { use } = record;
      if (!use) continue;
      if (this.#isStale(use.to, now)) {
        record.use = undefined;
        this.onUse(node, undefined);
      } else oldest = Math.min(oldest ?? use.to, use.to);
    }
    // the first instant at which it is older than it may be
    return oldest === undefined ? undefined : oldest + this.limits.maxAge + 1;
  }

  use(node: string): WindowUse | undefined {
    return this.#nodes.get(node)?.use;
  }

  podUse(node: string, pod: Key): PodUse | undefined {
    const record = this.#nodes.get(node);
    return record?.use && record.pods.use(pod);
  }

  /** Why nothing is known of a node, or what of it is missing. `sourceError`: what keeps all from being known. */
  why(node: string, now: Instant, sourceError: string | undefined): string | undefined {
    const record = this.#nodes.get(node);
    if (!record) return 'the node has not been read yet';
    const { use, failure, samples, since } = record;
    if (use) return failure;
    const cause = sourceError ?? failure;
    const age: Duration = now - (samples.last?.to ?? since);
    const what = `${samples.last ? 'no newer figures' : 'no figures'} for ${formatDuration(age)}`;
    return cause === undefined ? what : `${what}: ${cause}`;
  }

  #newRecord(uid: string, since: Instant): NodeRecord {
    const samples = new SampleWindow(this.limits);
    const pods = new PodWindow(this.limits.window);
    return { uid, since, samples, pods, use: undefined, failure: undefined };
  }

  #isStale(to: Instant, now: Instant): boolean {
    return now - to > this.limits.maxAge;
  }
}
