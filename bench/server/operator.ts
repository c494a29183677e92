/** The operator as `penstock run` runs it, in a process of its own. */
import { connect } from '../../src/cluster/kubernetes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createLogger } from '../../src/support/json-logger.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';

const clock = new WallClock();
const logger = createLogger('error', clock);
const { cluster } = await connect({ kubeconfig: process.argv[2] }, { clock, logger, userAgent: 'penstock' });
await createOperator({ cluster, clock, random: seededRandom(process.pid), logger }).start();
process.send?.('ready');
