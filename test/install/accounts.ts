/** A cluster with Penstock installed as it is by default, its operator with its own rights alone, and accounts that may do little. */
import { Role, RoleBinding } from '../../src/api/administration.js';
import { Namespace } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { penstock } from '../cli/harness.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { clock, clusterAs, clusterAsAdmin } from './as.js';
import { tokenOf } from './server.js';

export const namespace = 'shared';
export const ref = (name: string) => ({ namespace, name });

type Rule = NonNullable<Role['rules']>[number];

/** @param names only objects of these names, where there are any */
export const rule = (verbs: string[], group: string, resources: string[], names: readonly string[] = []): Rule => ({
  apiGroups: [group],
  resources,
  verbs,
  ...(names.length > 0 && { resourceNames: [...names] }),
});

const logger = silentLogger;
const random = seededRandom('accounts');

export class Accounts {
  readonly admin: KubernetesCluster;
  readonly #clusters: KubernetesCluster[] = [];
  readonly #scheduler: Manager;
  readonly #nodes: SimulatedNodes;
  readonly #interruption = new AbortController();
  #operator: ReturnType<typeof penstock> | undefined;

  private constructor(private readonly plane: ControlPlane) {
    this.admin = clusterAsAdmin(plane);
    const parts = { cluster: this.admin, clock, logger };
    this.#scheduler = createManager({ ...parts, random: random.split('scheduler') });
    builtInControllers({ manager: this.#scheduler, clock, controllers: ['scheduler'] });
    const images = ['registry.test/app:1', latch.parse({}).image];
    this.#nodes = new SimulatedNodes({ ...parts, random, count: 2, profile: instant, images });
  }

  static async start(): Promise<Accounts> {
    const accounts = new Accounts(await ControlPlane.start({ controllers: true }));
    await accounts.#furnish();
    return accounts;
  }

  async #furnish(): Promise<void> {
    const { admin, plane } = this;
    const placement = { namespace: defaultNamespace, image: 'penstock:test', replicas: 0, version: '0.0.0' };
    await install(admin, clock, placement, () => {});
    await admin.create(Namespace, { metadata: { name: namespace } });
    await Promise.all([this.#scheduler.start(), this.#nodes.start()]);
    const kubeconfig = plane.kubeconfigOf(await tokenOf(admin, defaultNamespace), 'operator.kubeconfig');
    const quiet = ['--log-level', 'error', '--metrics-port', '0', '--health-port', '0'];
    this.#operator = penstock(['run', '--kubeconfig', kubeconfig, '--namespace', defaultNamespace, ...quiet], {
      interrupted: this.#interruption.signal,
    });
  }

  /** The server as this account sees it. */
  as(name: string): KubernetesCluster {
    const cluster = clusterAs(this.plane, { user: `system:serviceaccount:${namespace}:${name}` });
    this.#clusters.push(cluster);
    return cluster;
  }

  /** An account that may do this and nothing else. */
  async create(name: string, ...rules: Rule[]): Promise<KubernetesCluster> {
    await this.admin.create(Role, { metadata: ref(name), rules });
    return this.bind(name, 'Role', name);
  }

  async bind(name: string, kind: 'Role' | 'ClusterRole', role: string): Promise<KubernetesCluster> {
    await this.admin.create(RoleBinding, {
      metadata: ref(name),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    return this.as(name);
  }

  async close(): Promise<void> {
    this.#interruption.abort();
    await this.#operator;
    this.#scheduler.kill();
    this.#nodes.kill();
    for (const cluster of this.#clusters) cluster.close();
    this.admin.close();
    await this.plane.stop();
  }
}
