/** Simulated nodes and a scheduler for them, in a process of their own. */
import { connect } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { createManager } from '../../src/runtime/index.js';
import { createLogger } from '../../src/support/json-logger.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';

const clock = new WallClock();
const logger = createLogger('error', clock);
const random = seededRandom(1);
const { cluster } = await connect(
  { kubeconfig: process.argv[2] },
  { clock, logger, userAgent: 'nodes', limits: { inFlight: 8 } },
);
const manager = createManager({ cluster, clock, random, logger });
builtInControllers({ manager, clock, controllers: ['scheduler'] });
await new SimulatedNodes({ cluster, clock, random, logger, count: Number(process.argv[3]), profile: instant }).start();
await manager.start();
process.send?.('ready');
