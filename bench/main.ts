/** `npm run bench [-- embedded | cluster]`: everything without a name. What the figures mean is in bench/README.md. */
import { cpus } from 'node:os';
import { controlPlane, lacks } from '../test/control-plane/binaries.js';

const wanted = process.argv.slice(2);
const asked = (name: string) => wanted.length === 0 || wanted.includes(name);

console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
if (asked('embedded')) await (await import('./embedded/index.js')).benchEmbedded();
if (asked('cluster') && !lacks(controlPlane, 'bench cluster'))
  await (await import('./cluster/index.js')).benchCluster();
process.exit(0);
