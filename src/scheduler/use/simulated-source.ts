import type { Node } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import type { Clock } from '../../support/clock.js';
import type { Duration, Instant } from '../../support/time.js';
import type { UseReport, UseSource } from './use-source.js';

interface MeasuredUse {
  readonly cpu: number;
  readonly memory: number;
  readonly network: number;
  readonly disk: number;
}

/** Nodes that say themselves what they use now; `SimulatedNodes` of the embedded cluster are some. */
export interface MeasurableNodes {
  readonly names: readonly string[];
  nodeUse(name: string): MeasuredUse;
  /** Of each pod on it. */
  podUses(name: string): ReadonlyMap<Key, MeasuredUse>;
}

/** Simulated nodes: what they use at the moment of a reading stands for the time since the reading before. */
export class SimulatedSource implements UseSource {
  readonly name = 'simulated';
  #readAt: Instant | undefined;

  constructor(
    private readonly measured: MeasurableNodes,
    private readonly clock: Clock,
    /** What the first reading speaks for. */
    private readonly interval: Duration,
  ) {}

  read(nodes: readonly Node[], report: UseReport): Promise<void> {
    const to = this.clock.now();
    const from = this.#readAt ?? to - this.interval;
    this.#readAt = to;
    const simulated = new Set(this.measured.names);
    for (const { metadata } of nodes)
      if (simulated.has(metadata.name))
        report.sample({
          node: metadata.name,
          from,
          to,
          use: { ...this.measured.nodeUse(metadata.name) },
          pods: new Map([...this.measured.podUses(metadata.name)].map(([key, use]) => [key, { ...use }])),
        });
      else report.failure(metadata.name, 'it is none of the simulated nodes');
    return Promise.resolve();
  }
}
