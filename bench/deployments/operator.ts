/** The operator as `penstock run` runs it, for one namespace, in a process of its own. */
import { connect } from '../../src/cluster/kubernetes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createLogger } from '../../src/support/json-logger.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';

const [, , kubeconfig, namespace = ''] = process.argv;
const clock = new WallClock();
const logger = createLogger('error', clock);
const { cluster } = await connect({ kubeconfig }, { clock, logger, userAgent: 'penstock' });
await createOperator({
  cluster,
  clock,
  random: seededRandom(process.pid),
  logger,
  namespaces: [namespace],
}).start();
process.send?.('ready');
