import { ms, print } from '../measure.js';
import { stockedWorld } from './world.js';

/** What a large cluster weighs, with everything that runs in this process. */
export async function benchMemory(): Promise<void> {
  const [pods, nodes] = [10_000, 500];
  const filling = performance.now();
  const { stop } = await stockedWorld(pods, nodes);
  const took = performance.now() - filling;
  global.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  await stop();
  print('memory', [
    {
      what: `${pods} pods on ${nodes} nodes with operator, controllers and simulated nodes`,
      figure: `${Math.round(rss / 2 ** 20)} MB`,
      against: `aim < 700 MB; heap ${Math.round(heapUsed / 2 ** 20)} MB; stocked in ${ms(took)}`,
    },
  ]);
}
