/** A real API server with its controllers, an operator, and simulated nodes with a scheduler. */
import { Namespace, ServiceAccount } from '../../src/api/kubernetes.js';
import { installCrds } from '../../src/cluster/crds.js';
import { NotFound } from '../../src/cluster/errors.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { ControlPlane, type ControlPlaneOptions } from '../control-plane/control-plane.js';

const clock = new WallClock();
const random = seededRandom('simulated-server');
const logger = silentLogger;

export class SimulatedServer {
  private constructor(
    readonly plane: ControlPlane,
    private readonly connection: Connection,
    private readonly parts: readonly (Manager | SimulatedNodes)[],
  ) {}

  get cluster() {
    return this.connection.cluster;
  }

  static async start(options: ControlPlaneOptions = {}): Promise<SimulatedServer> {
    const plane = await ControlPlane.start({ ...options, controllers: true });
    const connection = await connect({ kubeconfig: plane.kubeconfig }, { clock, logger });
    const { cluster } = connection;
    const scheduling = createManager({ cluster, clock, random: random.split('scheduler'), logger });
    builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
    const nodes = new SimulatedNodes({ cluster, clock, random, count: 3, profile: instant });
    const operator = createOperator({ cluster, clock, random: random.split('operator'), logger });
    const server = new SimulatedServer(plane, connection, [operator, scheduling, nodes]);
    try {
      await installCrds(cluster, clock);
      await Promise.all([operator, scheduling, nodes].map((part) => part.start()));
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Makes a namespace, and waits until it takes pods. */
  async namespace(name: string): Promise<void> {
    const { cluster } = this;
    await cluster.create(Namespace, { metadata: { name } });
    const account = () => cluster.get(ServiceAccount, { namespace: name, name: 'default' }).catch(unlessMissing);
    for (let tries = 0; tries < 600 && !(await account()); tries++) await clock.sleep(50);
  }

  async stop(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.stop()));
    this.connection.close();
    await this.plane.stop();
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}
