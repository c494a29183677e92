/** A Deployment, and a pool that keeps stock for it, on any cluster. */
import { ContainerPool } from '../../src/api/container-pool.js';
import { renewalWithin } from '../../src/api/container-pool-schema.js';
import { Deployment, Pod, type PodSpec, ReplicaSet } from '../../src/api/kubernetes.js';
import { controllerOf } from '../../src/api/meta/kind.js';
import { labels, optIn, states, stockGate } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { jsonPatch, mergePatch } from '../../src/cluster/patch.js';
import { mainContainer, mainContainerId } from '../../src/line/index.js';
import { aPool } from '../objects.js';

export interface SceneOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly image: string;
  /** Of the Deployment's pods, beside their container. */
  readonly spec?: Partial<PodSpec>;
}

/** Who puts the gate on the pods: the policy, where the template's annotation asks for it, or the template itself. */
export type Gate = 'annotation' | 'template';

/** Deployment `web` and pool `web`. */
export class Scene {
  readonly #ref: { readonly namespace: string; readonly name: string };

  constructor(private readonly options: SceneOptions) {
    this.#ref = { namespace: options.namespace, name: 'web' };
  }

  template({ image = this.options.image, gate }: { readonly image?: string; readonly gate?: Gate } = {}) {
    return {
      metadata: { labels: { app: 'web' }, ...(gate === 'annotation' && { annotations: { [optIn.gate]: 'true' } }) },
      spec: {
        terminationGracePeriodSeconds: 0,
        ...(gate === 'template' && { schedulingGates: [{ name: stockGate }] }),
        ...this.options.spec,
        containers: [{ name: 'main', image, resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
      },
    };
  }

  async deploy(replicas: number, options: { readonly gate?: Gate; readonly annotated?: false } = {}): Promise<void> {
    await this.options.cluster.create(Deployment, {
      metadata: { ...this.#ref, ...(options.annotated ?? { annotations: { [optIn.pool]: 'web' } }) },
      spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: this.template(options) },
    });
  }

  async stock(replicas: number, deployment = 'web'): Promise<void> {
    const { spec } = aPool({ replicas });
    await this.options.cluster.create(ContainerPool, {
      metadata: this.#ref,
      spec: { ...spec, template: undefined, fromDeployment: { name: deployment }, renewal: renewalWithin({}) },
    });
  }

  /** No more is made from now on: what is delivered stays delivered, and what is gone stays gone. */
  async pauseRefill(): Promise<void> {
    await this.options.cluster.patch(ContainerPool, this.#ref, mergePatch({ spec: { refill: { paused: true } } }));
  }

  async resumeRefill(): Promise<void> {
    await this.options.cluster.patch(ContainerPool, this.#ref, mergePatch({ spec: { refill: { paused: false } } }));
  }

  async scale(replicas: number): Promise<void> {
    const patch = jsonPatch([{ op: 'replace', path: '/spec/replicas', value: replicas }]);
    await this.options.cluster.patch(Deployment, this.#ref, patch);
  }

  async rollOut(image: string): Promise<void> {
    await this.options.cluster.patch(
      Deployment,
      this.#ref,
      mergePatch({ spec: { template: { spec: this.template({ image }).spec } } }),
    );
  }

  /** `kubectl rollout pause`, or `resume`. */
  async holdRollOut(paused: boolean): Promise<void> {
    await this.options.cluster.patch(Deployment, this.#ref, mergePatch({ spec: { paused } }));
  }

  async sizeStock(replicas: number): Promise<void> {
    await this.options.cluster.patch(ContainerPool, this.#ref, mergePatch({ spec: { replicas } }));
  }

  async drop(what: 'Deployment' | 'pool'): Promise<void> {
    const { cluster } = this.options;
    if (what === 'pool') await cluster.remove(ContainerPool, this.#ref);
    else await cluster.remove(Deployment, this.#ref, { propagation: 'Background' });
  }

  async annotate(pool: string | null): Promise<void> {
    await this.options.cluster.patch(
      Deployment,
      this.#ref,
      mergePatch({ metadata: { annotations: { [optIn.pool]: pool } } }),
    );
  }

  deployment(): Promise<Deployment> {
    return this.options.cluster.get(Deployment, this.#ref);
  }

  async replicaSets(): Promise<readonly ReplicaSet[]> {
    return (await this.options.cluster.list(ReplicaSet, { namespace: this.options.namespace })).items;
  }

  pool(): Promise<ContainerPool> {
    return this.options.cluster.get(ContainerPool, this.#ref);
  }

  /** What `kubectl rollout status` waits for. */
  async isRolledOut(): Promise<boolean> {
    const { metadata, spec, status } = await this.deployment();
    const { observedGeneration, updatedReplicas, availableReplicas, replicas } = status ?? {};
    return (
      observedGeneration === metadata.generation &&
      [updatedReplicas ?? 0, availableReplicas ?? 0, replicas ?? 0].every((count) => count === spec?.replicas)
    );
  }

  async pods(): Promise<readonly Pod[]> {
    return (await this.options.cluster.list(Pod, { namespace: this.options.namespace })).items;
  }

  /** Ready containers in stock, by their runtime's ids. */
  async inStock(): Promise<readonly string[]> {
    const stocked = (await this.pods()).filter(({ metadata }) => metadata.labels?.[labels.state] === states.stocked);
    return stocked.filter(isReady).flatMap(containerIds);
  }

  /** Of all containers in stock, ready or not. */
  async stockImages(): Promise<readonly string[]> {
    const stocked = (await this.pods()).filter(({ metadata }) => metadata.labels?.[labels.state] === states.stocked);
    return stocked.flatMap((pod) => mainContainer(pod)?.image ?? []);
  }

  async replicas(): Promise<readonly Pod[]> {
    return (await this.pods()).filter(
      (pod) => controllerOf(pod)?.kind === 'ReplicaSet' && pod.metadata.deletionTimestamp === undefined,
    );
  }
}

const isReady = ({ status }: Pod) =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

export const containerIds = (pod: Pod): readonly string[] => [mainContainerId(pod)].filter((id) => id !== undefined);
