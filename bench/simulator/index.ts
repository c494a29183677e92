import { print, type Row } from '../measure.js';
import { controlPlaneRows } from './control-plane.js';
import { eventRows } from './events.js';
import { taskRows } from './tasks.js';

/** The array engine of host-level experiments: events, and the largest batch under each policy; and the whole control plane in virtual time. */
export async function benchSimulator(): Promise<void> {
  print('simulator: the bare event queue', eventRows());
  print('simulator: a batch of tasks, medians of 3', [...taskRows(), memoryRow()]);
  print('simulator: the whole control plane', await controlPlaneRows());
}

/** The most that this process has held, Node.js and the benches before included. */
function memoryRow(): Row {
  const most = process.resourceUsage().maxRSS / 1024;
  return { what: 'memory, most resident', figure: `${Math.round(most)} MiB [< 500]`, against: 'of the whole process' };
}
