/** A cluster of plain numbers for the tests of src/rebalancer: pods that use what they use, and moves that are made at once. */
import type { PodDisruptionBudget } from '../../src/api/administration.js';
import type { Node, Pod } from '../../src/api/kubernetes.js';
import {
  type Move,
  type Plan,
  planRebalance,
  type RebalancerSettings,
  rebalancerSettings,
  RebalanceState,
  type RebalanceView,
  type Replacement,
} from '../../src/rebalancer/index.js';
import { weightedSum } from '../../src/scheduling/load/weighted-sum.js';
import type { PodShape } from '../../src/scheduling/pod-shape.js';
import { createScorePolicy } from '../../src/scheduling/policies/index.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import { podInfo } from '../../src/scheduling/snapshot/node-info.js';
import { Snapshot } from '../../src/scheduling/snapshot/snapshot.js';
import { minute, timestamp } from '../../src/support/time.js';
import { nodeObject, podObject } from '../../src/simulation/engine/objects.js';

export interface GivenPod {
  readonly name: string;
  /** Mean use in % of a node of 1,000 thousandths of a core; it requests as much. */
  readonly cpu: number;
  /** In % of a node's memory. */
  readonly memory?: number;
  /** What it requests of both, in %, where that is not what it uses. */
  readonly requests?: number;
  /** The name of its ReplicaSet; absent: one of its own. */
  readonly owner?: string;
  readonly priority?: number;
  readonly metadata?: Partial<Pod['metadata']>;
  readonly spec?: Partial<NonNullable<Pod['spec']>>;
  readonly measured?: boolean;
}

export interface GivenNode {
  readonly pods?: readonly GivenPod[];
  readonly metadata?: Partial<Node['metadata']>;
  readonly spec?: Node['spec'];
  readonly status?: Node['status'];
  readonly measured?: boolean;
}

export interface ModelOptions {
  readonly settings?: object;
  readonly policy?: string;
  readonly budgets?: readonly PodDisruptionBudget[];
  /** Nodes of what stands in stock for a pod, by the pod's name. */
  readonly stock?: Readonly<Record<string, readonly string[]>>;
  readonly waiting?: readonly PodShape[];
}

export const replicaSet = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name,
  uid: `rs-${name}`,
  controller: true,
});

export const start = Date.UTC(2026, 0, 5);
const measuring = minute;
const load = weightedSum({ cpu: 0.5, memory: 0.5 }, { deviations: 0 });

/** Nodes n0, n1, …, each of one core and 1,000 bytes of memory. */
export class ClusterModel {
  readonly state = new RebalanceState();
  readonly settings: RebalancerSettings;
  now = start;
  /** By what the use of a pod is multiplied, by its name. */
  factor: (pod: string) => number = () => 1;
  readonly #nodes: readonly (GivenNode & { readonly name: string })[];
  readonly #pods = new Map<string, { readonly given: GivenPod; readonly object: Pod; node: string }>();
  readonly #options: ModelOptions;

  constructor(nodes: readonly GivenNode[], options: ModelOptions = {}) {
    this.#options = options;
    this.settings = rebalancerSettings.parse(options.settings ?? {});
    this.#nodes = nodes.map((node, index) => ({ ...node, name: `n${index}` }));
    for (const { name, pods = [] } of this.#nodes)
      for (const given of pods) this.#pods.set(`default/${given.name}`, { given, object: podOf(given), node: name });
  }

  nodeOf(pod: string): string | undefined {
    return this.#pods.get(`default/${pod}`)?.node;
  }

  /** As many samples as make a node hot, or light, a minute apart. */
  observe(samples = 5): void {
    for (let sample = 0; sample < samples; sample++) {
      this.now += measuring;
      this.state.observe(this.snapshot(), ['cpu', 'memory'], this.settings);
    }
  }

  snapshot(): Snapshot {
    const nodes = new Snapshot();
    for (const { name, metadata, spec, status, measured = true } of this.#nodes) {
      const node = nodeObject(name, { cpu: 1000, memory: 1000, pods: 1000 });
      const row = nodes.setNode({
        ...node,
        metadata: { ...node.metadata, creationTimestamp: timestamp(start - 60 * minute), ...metadata },
        ...(spec && { spec }),
        status: { ...node.status, ...status },
      });
      const there = [...this.#pods.values()].filter((pod) => pod.node === name);
      for (const { object } of there) nodes.place(podInfo(object, start - 60 * minute), row);
      const used = there.map(({ given }) => this.#useBy(given));
      const mean = {
        cpu: used.reduce((sum, { cpu }) => sum + cpu, 0),
        memory: used.reduce((sum, { memory }) => sum + memory, 0),
      };
      if (measured) nodes.setUse(row, { from: this.now - measuring, to: this.now, mean });
    }
    return nodes;
  }

  view(): RebalanceView {
    const { budgets = [], stock = {}, policy = 'balance', waiting = [] } = this.#options;
    const standing = (name: string): readonly Replacement[] =>
      (stock[name] ?? []).map((node, index) => ({ pod: `default/stock-${node}-${index}`, node }));
    return {
      nodes: this.snapshot(),
      use: { useOf: (key) => this.#useOf(key), load },
      podOf: (key) => this.#pods.get(key)?.object,
      budgets: new DisruptionBudgets(budgets),
      stockOf: ({ metadata: { name } }) => standing(name),
      policy: createScorePolicy(policy),
      waiting,
      settings: this.settings,
      state: this.state,
      now: this.now,
    };
  }

  plan(): Plan {
    return planRebalance(this.view());
  }

  /** The moves are made, and the stoppable nodes reported. */
  apply({ moves, stoppable }: Plan): void {
    for (const move of moves) this.#make(move);
    this.state.report(stoppable);
  }

  #make(move: Move): void {
    const pod = this.#pods.get(move.pod.key);
    if (!pod) throw new Error(`there is no pod ${move.pod.key}`);
    pod.node = move.to;
    this.state.begin(move, this.now, this.settings);
  }

  #useOf(key: string) {
    const given = this.#pods.get(key)?.given;
    if (!given || given.measured === false) return undefined;
    return { mean: this.#useBy(given), variance: {} };
  }

  #useBy({ name, cpu, memory = 0 }: GivenPod) {
    return { cpu: 10 * cpu * this.factor(name), memory: 10 * memory };
  }
}

function podOf({ name, cpu, memory = 0, requests, owner = name, priority, metadata, spec }: GivenPod): Pod {
  const pod = podObject(name, { cpu: 10 * (requests ?? cpu), memory: 10 * (requests ?? memory) });
  return {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: [replicaSet(owner)], ...metadata },
    spec: { containers: [], ...pod.spec, ...(priority !== undefined && { priority }), ...spec },
  };
}
