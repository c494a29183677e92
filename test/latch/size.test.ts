import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { latchText } from '../../src/line/latch/delivery.js';
import { noBusybox } from './busybox.js';
import { Container } from './container.js';
import { delivery } from './encoding.js';

const moments = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** At once: nobody reads half a file of the kernel's. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Writes a cgroup's limits as the two versions of cgroups show them. */
const versions = {
  v2: (container: Container, quota: string, memory: string) => {
    put(container.path('cgroup/memory.max'), `${memory}\n`);
    put(container.path('cgroup/cpu.max'), `${quota === '-1' ? 'max' : quota} 100000\n`);
  },
  v1: (container: Container, quota: string, memory: string) => {
    for (const folder of ['cpu', 'memory']) mkdirSync(container.path('cgroup', folder), { recursive: true });
    put(container.path('cgroup/memory/memory.limit_in_bytes'), `${memory}\n`);
    put(container.path('cgroup/cpu/cpu.cfs_quota_us'), `${quota}\n`);
    put(container.path('cgroup/cpu/cpu.cfs_period_us'), '100000\n');
  },
} as const;

describe.skipIf(noBusybox)('a latch that was promised a size', () => {
  const promised = latchText({
    claimUid: 'uid',
    slot: { index: 0, itemName: 'job' },
    item: { resources: { limits: { cpu: '500m', memory: '64Mi' } } },
    size: { limits: { cpu: '500m', memory: '64Mi' } },
    secretPath: undefined,
    expiresAt: undefined,
  });
  const memory = `${64 * 2 ** 20}`;

  it.each(Object.entries(versions))('opens when the cgroup (%s) shows it, not before', async (_, show) => {
    const container = new Container();
    show(container, '20000', '33554432');
    container.deliver(promised);
    const run = container.exec(container.shell('echo opened'));
    for (const [quota, bytes] of [
      ['20000', memory],
      ['-1', memory],
      ['49000', memory],
      ['52000', memory],
      // memory is written first: at no moment are both as promised
      ['50000', '33554432'],
    ] as const) {
      show(container, quota, bytes);
      await moments(150);
      expect({ quota, bytes, output: run.output.toString() }).toEqual({ quota, bytes, output: '' });
    }
    // as the kernel and systemd round
    show(container, '51000', `${64 * 2 ** 20 - 4096}`);
    expect(await run.ended()).toBe(0);
  });

  it('opens also when the size comes late', async () => {
    const container = new Container();
    versions.v2(container, '20000', memory);
    container.deliver(promised);
    const run = container.exec(container.shell('echo opened'));
    // longer than it looks often
    await moments(6500);
    versions.v2(container, '50000', memory);
    const start = Date.now();
    expect(await run.ended()).toBe(0);
    expect(run.output.toString()).toBe('opened\n');
    // the look that a lost event costs at most would come after 30 s
    expect(Date.now() - start).toBeLessThan(20_000);
  });

  it('says that it cannot see the cgroup', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', 'cpu 50000'));
    const run = container.exec(container.shell('echo opened'));
    expect(await run.ended()).toBe(78);
    expect(run.errors).toContain('cannot see the cpu limit');
  });
});
