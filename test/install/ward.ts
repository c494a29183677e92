/** A cluster with Penstock installed, whose operator, nodes and scheduler are in this process: to be made ill. */
import { Deployment, Pod } from '../../src/api/kubernetes.js';
import { versionOfPackage } from '../../src/cli/version.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { leaseName, operatorName } from '../../src/install/names.js';
import { defaultFeatures, type Feature } from '../../src/install/part.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { clock, clusterAsAdmin, until } from './as.js';

export const home = defaultNamespace;
export const image = 'penstock:test';
export const deployment = { namespace: home, name: operatorName };
export const patience = { timeout: 60_000, interval: 100 };

const random = seededRandom('ward');
const logger = silentLogger;

export class Ward {
  readonly admin: KubernetesCluster;
  readonly nodes: SimulatedNodes;
  operator: Manager | undefined;
  readonly #scheduler: Manager;

  private constructor(readonly plane: ControlPlane) {
    this.admin = clusterAsAdmin(plane);
    const parts = { cluster: this.admin, clock, logger };
    this.#scheduler = createManager({ ...parts, random: random.split('scheduler') });
    builtInControllers({ manager: this.#scheduler, clock, controllers: ['scheduler'] });
    const images = [image, 'web:1', 'registry.test/app:1'];
    this.nodes = new SimulatedNodes({ ...parts, random, count: 2, profile: instant, images });
  }

  /** With nothing on it, not even nodes. */
  static async open(): Promise<Ward> {
    return new Ward(await ControlPlane.start({ controllers: true, serviceAccounts: true }));
  }

  /** Installs or mends it, with these features beside the usual ones. */
  install(...features: readonly Feature[]): Promise<void> {
    const placement = { namespace: home, image, replicas: 2, version: versionOfPackage() };
    return install(this.admin, clock, { ...placement, features: [...defaultFeatures, ...features] }, () => {});
  }

  /** Installs it and waits until everything is as it should be. */
  async furnish(): Promise<void> {
    await this.install();
    await Promise.all([this.#scheduler.start(), this.nodes.start()]);
    await this.available();
    await this.start();
  }

  async operatorPods(): Promise<readonly Pod[]> {
    const query = { namespace: home, labels: 'app.kubernetes.io/component=operator' };
    return (await this.admin.list(Pod, query)).items;
  }

  /** Until the Deployment of the operator has all its replicas, and no others. */
  available(): Promise<void> {
    return until('the operator to be available', async () => {
      const { metadata, status } = await this.admin.get(Deployment, deployment);
      const pods = await this.operatorPods();
      return status?.observedGeneration === metadata.generation && status?.availableReplicas === 2 && pods.length === 2;
    });
  }

  /** Starts an operator that holds the lease as a pod of the Deployment would. */
  async start(): Promise<void> {
    const [pod] = await this.operatorPods();
    const election = { namespace: home, name: leaseName, identity: `${pod?.metadata.name}_a` };
    const operator = createOperator({
      cluster: this.admin,
      clock,
      random: random.split('operator'),
      logger,
      election,
    });
    this.operator = operator;
    await operator.start();
    await until('the operator to lead', () => operator.leading);
  }

  async close(): Promise<void> {
    this.operator?.kill();
    this.#scheduler.kill();
    this.nodes.kill();
    this.admin.close();
    await this.plane.stop();
  }
}
