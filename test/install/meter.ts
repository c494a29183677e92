/** Stands for metrics-server on a real API server: the server stores what the test says that nodes and pods use. */
import { Pod } from '../../src/api/kubernetes.js';
import { type Kind, kind } from '../../src/api/meta/kind.js';
import { nameOf, type Resource } from '../../src/api/meta/resource.js';
import { labels, states } from '../../src/api/names.js';
import { AlreadyExists } from '../../src/cluster/errors.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { timestamp } from '../../src/support/time.js';
import { clock } from './as.js';

/** What metrics-server serves; here the server stores what the test says. */
interface Usage {
  readonly cpu: string;
  readonly memory: string;
}
type NodeMetrics = Resource & { readonly timestamp: string; readonly window: string; readonly usage: Usage };
type PodMetrics = Resource & {
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
};
const metrics = { group: 'metrics.k8s.io', version: 'v1beta1' } as const;
const NodeMetrics = kind<NodeMetrics>({ ...metrics, plural: 'nodes', name: 'NodeMetrics', namespaced: false });
const PodMetrics = kind<PodMetrics>({ ...metrics, plural: 'pods', name: 'PodMetrics', namespaced: true });

const definitionOf = ({ group, version: name, plural, name: kindName, namespaced }: Kind<Resource>) => ({
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'unapproved, stands for an aggregated API in a test' },
  },
  spec: {
    group,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    names: { kind: kindName, plural },
    versions: [
      {
        name,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

export const metricsDefinitions = [NodeMetrics, PodMetrics].map(definitionOf);

/** Measures what the test says: cores of each node beside its pods, and of each pod by its label `app`; what is in stock idles. */
export class Meter {
  readonly system: Map<string, number>;
  readonly apps = new Map<string, number>();
  readonly #end = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly cluster: KubernetesCluster,
    private readonly namespace: string,
    private readonly nodeNames: readonly string[],
  ) {
    this.system = new Map(nodeNames.map((name) => [name, 6]));
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await this.#measure();
      await clock.sleep(500);
    }
  }

  async #measure(): Promise<void> {
    const use = new Map(this.system);
    const measured = { timestamp: timestamp(clock.now()), window: '1s' };
    for (const pod of (await this.cluster.list(Pod, { namespace: this.namespace })).items) {
      const node = pod.spec?.nodeName ?? '';
      const { app = '', [labels.state]: state } = pod.metadata.labels ?? {};
      const cores = state === states.stocked ? 0 : (this.apps.get(app) ?? 0);
      use.set(node, (use.get(node) ?? 0) + cores);
      await this.#put(PodMetrics, {
        metadata: nameOf(pod),
        ...measured,
        containers: [{ name: 'main', usage: usageOf(cores) }],
      });
    }
    for (const name of this.nodeNames)
      await this.#put(NodeMetrics, { metadata: { name }, ...measured, usage: usageOf(use.get(name) ?? 0) });
  }

  async #put<T extends Resource>(kind: Kind<T>, object: Parameters<typeof this.cluster.create<T>>[1]): Promise<void> {
    try {
      await this.cluster.create(kind, object);
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      const { metadata, ...figures } = object;
      await this.cluster.patch(kind, { namespace: metadata.namespace, name: metadata.name ?? '' }, mergePatch(figures));
    }
  }
}

const usageOf = (cores: number): Usage => ({ cpu: `${Math.round(1000 * cores)}m`, memory: '1Gi' });
