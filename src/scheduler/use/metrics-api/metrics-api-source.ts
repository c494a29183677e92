import type { Node } from '../../../api/kubernetes.js';
import type { Key } from '../../../api/meta/resource.js';
import { NotFound } from '../../../cluster/errors.js';
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Clock } from '../../../support/clock.js';
import type { Instant } from '../../../support/time.js';
import { measuredAt } from '../instants.js';
import type { UseReport, UseSource } from '../use-source.js';
import { chosenVersion, nodeMetrics, podMetrics, type Version, versions } from './metrics.js';

const group = 'metrics.k8s.io';

export interface MetricsApiSourceOptions {
  /** Gets a document from the API server: `KubernetesCluster.document`. */
  readonly document: (path: string, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  readonly clock: Clock;
  /** On which node a pod is: PodMetrics do not say. Absent: pods are not read. */
  readonly nodeOf?: (pod: Key) => string | undefined;
}

/**
 * The resource metrics API, as metrics-server and the adapters of Prometheus serve it: cpu and memory. Which version, the server
 * is asked.
 */
export class MetricsApiSource implements UseSource {
  readonly name = 'metrics-api';
  #version: Version | undefined;
  /** Of what was reported last, by node: figures are renewed more rarely than they are asked for. */
  #reported = new Map<string, Instant>();

  constructor(private readonly options: MetricsApiSourceOptions) {}

  async read(nodes: readonly Node[], report: UseReport, signal: AbortSignal): Promise<void> {
    const { document, clock, nodeOf } = this.options;
    this.#version ??= await this.#discover(signal);
    const path = `/apis/${group}/${this.#version}`;
    const [ofNodes, ofPods] = await Promise.all([
      document(`${path}/nodes`, { signal }),
      nodeOf ? document(`${path}/pods`, { signal }) : undefined,
    ]).catch((error: unknown) => {
      // the server may serve another version by now
      this.#version = undefined;
      throw error;
    });
    const metrics = nodeMetrics(ofNodes);
    const pods = nodeOf && byNode(podMetrics(ofPods), nodeOf);
    const reported = new Map<string, Instant>();
    const now = clock.now();
    for (const { metadata } of nodes) {
      const { name } = metadata;
      const found = metrics.get(name);
      if (!found) {
        report.failure(name, `${group} has no figures of it`);
        continue;
      }
      reported.set(name, found.to);
      if (this.#reported.get(name) === found.to) continue;
      const to = measuredAt(found.to, now);
      const from = to - (found.to - found.from);
      report.sample({ node: name, from, to, use: found.use, ...(pods && { pods: pods.get(name) ?? noPods }) });
    }
    this.#reported = reported;
  }

  async #discover(signal: AbortSignal): Promise<Version> {
    const { document } = this.options;
    const served = await document(`/apis/${group}`, { signal }).catch((error: unknown) => {
      if (error instanceof NotFound) throw new Error(`the cluster does not serve ${group}: it has no metrics-server`);
      throw error;
    });
    const version = chosenVersion(served);
    if (!version) throw new Error(`the cluster serves ${group} in none of the versions ${versions.join(', ')}`);
    return version;
  }
}

const noPods: ReadonlyMap<Key, Amounts> = new Map();

function byNode(
  pods: ReadonlyMap<Key, Amounts>,
  nodeOf: (pod: Key) => string | undefined,
): ReadonlyMap<string, ReadonlyMap<Key, Amounts>> {
  const found = new Map<string, Map<Key, Amounts>>();
  for (const [key, use] of pods) {
    const node = nodeOf(key);
    if (node === undefined) continue;
    const ofNode = found.get(node) ?? new Map<Key, Amounts>();
    found.set(node, ofNode.set(key, use));
  }
  return found;
}
