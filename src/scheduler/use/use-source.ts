import type { Node } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { Instant } from '../../support/time.js';

/** Share of a span, 0 to 1, in which some task waited for the resource (`some` of the kernel's pressure stall information). */
export type Pressure = Readonly<Partial<Record<'cpu' | 'memory' | 'io', number>>>;

/** What a node used over a span of time. */
export interface UseSample {
  readonly node: string;
  /** The figures are the mean from here … */
  readonly from: Instant;
  /** … to here, which is later. */
  readonly to: Instant;
  /**
   * cpu in thousandths of a core, memory (the working set) and ephemeral-storage in bytes, network (in and out together) and
   * disk (read and written together) in bytes per second. What the source does not know is absent.
   */
  readonly use: Amounts;
  readonly pressure?: Pressure;
  /** The same of the node's pods, where the source knows them. */
  readonly pods?: ReadonlyMap<Key, Amounts>;
}

/** Where a source reports what it reads, as it comes. */
export interface UseReport {
  sample(sample: UseSample): void;
  /** Why there are no figures of a node, or why some are missing, in a few words. */
  failure(node: string, why: string): void;
}

/** From where the use of nodes is read. */
export interface UseSource {
  readonly name: string;
  /**
   * Reads these nodes and reports each as soon as it is known: one that is slow or fails keeps none of the others waiting. A node
   * of which there is nothing newer than before is not reported. Throws when the source as such is out of reach.
   */
  read(nodes: readonly Node[], report: UseReport, signal: AbortSignal): Promise<void>;
}
