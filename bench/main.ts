/** `npm run bench [-- NAME…]`: everything without a name. What the figures mean is in bench/README.md. */
import { cpus } from 'node:os';
import { controlPlane, lacks } from '../test/control-plane/binaries.js';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  store: async () => (await import('./embedded/store.js')).benchStore(),
  delivery: async () => (await import('./embedded/delivery.js')).benchDelivery(),
  memory: async () => (await import('./embedded/memory.js')).benchMemory(),
  cluster: async () =>
    lacks(controlPlane, 'bench cluster') ? undefined : (await import('./cluster/index.js')).benchCluster(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}: there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
for (const [name, bench] of Object.entries(benches)) if (wanted.length === 0 || wanted.includes(name)) await bench();
process.exit(0);
