import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noBusybox } from './busybox.js';
import { Container, until } from './container.js';
import { delivery } from './encoding.js';

describe.skipIf(noBusybox)('a wrapped probe', () => {
  it('passes or fails as it is told while the latch waits, and asks the program once it is open', async () => {
    const container = new Container();
    const probe = (verdict: string) => container.run(['probe', verdict, '--', ...container.shell('exit 5')]).ended();
    const run = container.exec(container.shell('echo opened; exec sleep 600'));
    expect(await probe('PASS')).toBe(0);
    expect(await probe('FAIL')).toBe(1);
    container.deliver(delivery('uid/1'));
    await until('the program to speak', () => run.output.length > 0);
    expect(await probe('PASS')).toBe(5);
    expect(await probe('FAIL')).toBe(5);
  });

  it('answers for a while yet after it is open, where it is told so, and anew after a restart', async () => {
    const container = new Container();
    const probe = (...seconds: readonly string[]) =>
      container.run(['probe', 'PASS', ...seconds, '--', ...container.shell('exit 5')]).ended();
    expect(await probe('600')).toBe(0);
    container.deliver(delivery('uid/1'));
    for (let starts = 0; starts < 2; starts++) {
      const run = container.exec(container.shell('echo opened; exec sleep 600'));
      await until('the program to speak', () => run.output.length > 0);
      expect(await probe('600')).toBe(0);
      expect(await probe()).toBe(5);
      // as if it had been a while ago
      const opened = Number(container.read('state/open'));
      writeFileSync(container.path('state/open'), `${opened - 600}\n`);
      expect(await probe('600')).toBe(5);
      expect(await probe('700')).toBe(0);
    }
  });

  it("runs in the container's own environment", async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', 'env A=delivered'));
    await container.exec(container.shell('exit')).ended();
    const environment = { A: 'own', 'b.c': 'd', PATH: '/bin:/usr/bin' };
    const run = container.run(['probe', 'PASS', '--', container.busybox, 'cat', '/proc/self/environ'], environment);
    await run.ended();
    expect(run.output.toString()).toBe('A=own\0b.c=d\0PATH=/bin:/usr/bin\0');
  });
});
