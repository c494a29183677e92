import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { image, supplied } from '../../test/e2e/environment.js';
import { imageArchive } from '../../test/e2e/image-archive.js';
import { Place } from '../../test/e2e/place.js';
import { ms, print, type Row } from '../measure.js';
import { median } from '../../src/support/statistics.js';
import { cpuSeconds } from './cpu.js';
import { createPods, processesOf } from './pods.js';

const count = Number(process.env.PENSTOCK_BENCH_PODS ?? 100);
const rounds = 6;
const roundSeconds = 10;
/** What starting costs must not count as waiting. */
const settling = 20_000;

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** What waiting in stock costs, on real containers of a node that runs on this machine. */
export async function benchLatch(): Promise<void> {
  const rows: Row[] = [];
  for (const [what, latchImage] of await busyboxes()) rows.push(await benchWaiting(what, latchImage));
  print(
    `${count} containers in stock with a latch beside ${count} that sleep: cores, medians of ${rounds} rounds of ${roundSeconds} s`,
    rows,
  );
}

/** The suites' busybox, and the one of PENSTOCK_BUSYBOX. */
async function busyboxes(): Promise<readonly (readonly [string, string])[]> {
  const theirs = ['the busybox of PENSTOCK_E2E_IMAGE', image] as const;
  const path = process.env.PENSTOCK_BUSYBOX;
  if (path === undefined || process.env.PENSTOCK_E2E_IMPORT_IMAGE === undefined) {
    console.log('PENSTOCK_BUSYBOX and PENSTOCK_E2E_IMPORT_IMAGE are not both set: no other busybox is measured');
    return [theirs];
  }
  const folder = mkdtempSync(join(tmpdir(), 'penstock-busybox-'));
  const name = 'penstock.test/bench-busybox:1';
  try {
    mkdirSync(join(folder, 'rootfs/bin'), { recursive: true });
    copyFileSync(path, join(folder, 'rootfs/bin/busybox'));
    await supplied('importImage', [await imageArchive(folder, join(folder, 'rootfs'), name, {})]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const inotifyd = execFileSync(path, ['--list'], { encoding: 'utf8' }).split('\n').includes('inotifyd');
  return [theirs, [`that of PENSTOCK_BUSYBOX (${inotifyd ? 'with' : 'without'} inotifyd)`, name]];
}

async function benchWaiting(what: string, latchImage: string): Promise<Row> {
  const place = await Place.open('bench-latch');
  try {
    await createPods(place, count, latchImage);
    const waiting = await processesOf(place, 'waiting', count);
    const sleeping = await processesOf(place, 'sleeping', count);
    await pause(settling);
    const latched: number[] = [];
    const asleep: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [begun, before] = [performance.now(), [used(waiting), used(sleeping)] as const];
      await pause(roundSeconds * 1000);
      const seconds = (performance.now() - begun) / 1000;
      latched.push((used(waiting) - before[0]) / seconds);
      asleep.push((used(sleeping) - before[1]) / seconds);
    }
    const each = (1000 * median(latched)) / count;
    return {
      what,
      figure: median(latched).toFixed(4),
      against: `asleep ${median(asleep).toFixed(4)}; ${ms(each)} of processor time per container and second`,
    };
  } finally {
    await place.close();
  }
}

const used = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
