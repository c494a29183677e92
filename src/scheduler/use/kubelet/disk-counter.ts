import { isCount } from '../json.js';
import type { Counter } from './summary.js';

const line = /^container_fs_(?:reads|writes)_bytes_total\{([^}\n]*)\} (\S+) (\d+)$/gm;
const ofNode = /(?:^|,)id="\/"(?:,|$)/;
const device = /(?:^|,)device="([^"]*)"/;
/** Devices that are made of others, or of memory. */
const inner = /^(?:\/dev\/)?(?:dm-|md|loop|ram|zram|sr|fd|drbd|bcache)/;

/**
 * Bytes read and written by the disks of a node, from `/metrics/cadvisor` of its kubelet: the series of the root of all
 * cgroups. `undefined` when there are none.
 */
export function diskCounter(text: string): Counter | undefined {
  let total: number | undefined;
  let at = 0;
  for (const [, labels = '', value, stamp] of text.matchAll(line)) {
    const bytes = Number(value);
    if (!ofNode.test(labels) || inner.test(device.exec(labels)?.[1] ?? '') || !isCount(bytes)) continue;
    total = (total ?? 0) + bytes;
    at = Math.max(at, Number(stamp));
  }
  return total === undefined ? undefined : { at, total };
}
