import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasInotifyd, noBusybox } from './busybox.js';
import { Container, type Run, until } from './container.js';
import { delivery } from './encoding.js';

const moments = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How often a process has gone to sleep since it began. */
const sleeps = ({ pid }: Run) =>
  Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

async function waiting(container: Container): Promise<Run> {
  const run = container.exec(container.shell('echo opened; exec sleep 600'));
  await until('it to wait', () => existsSync(container.path('state/armed')));
  await moments(500);
  return run;
}

describe.skipIf(noBusybox)('a latch that waits', () => {
  it('starts no process for it', async () => {
    const container = new Container();
    await waiting(container);
    const before = container.processes();
    expect(before).toHaveLength(hasInotifyd ? 2 : 1);
    await moments(1500);
    expect(container.processes()).toEqual(before);
  });

  it.skipIf(!hasInotifyd)('sleeps until it is told, where there is inotifyd', async () => {
    const container = new Container();
    const run = await waiting(container);
    const before = sleeps(run);
    await moments(2000);
    expect(sleeps(run)).toBe(before);
    container.deliver(delivery('uid/1'));
    await until('the program to speak', () => run.output.length > 0);
  });

  it.skipIf(hasInotifyd)('looks eight times a second, where there is no inotifyd', async () => {
    const container = new Container();
    const run = await waiting(container);
    const before = sleeps(run);
    await moments(2000);
    expect(sleeps(run) - before).toBeGreaterThan(4);
    expect(sleeps(run) - before).toBeLessThan(40);
  });

  it.skipIf(!hasInotifyd)('starts its watcher again when somebody kills it', async () => {
    const container = new Container();
    const run = await waiting(container);
    const [watcher] = container.processes().filter((pid) => pid !== run.pid);
    process.kill(watcher!, 'SIGKILL');
    await until('another watcher', () => {
      const others = container.processes().filter((pid) => pid !== run.pid);
      return others.length === 1 && others[0] !== watcher;
    });
    await moments(500);
    container.deliver(delivery('uid/1'));
    await until('the program to speak', () => run.output.length > 0);
    expect(run.running).toBe(true);
  });
});
