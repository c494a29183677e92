import { expect, test } from 'vitest';
import { silentLogger } from '../../support/log.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { type IdentitySource, RotatingCredentials } from './credentials.js';

test('a plugin that fails is started again only after a while, however many requests are refused', async () => {
  const clock = new VirtualClock();
  let starts = 0;
  const begin = clock.now();
  const source: IdentitySource = {
    load: async (now) => {
      starts++;
      if (now > begin) throw new Error('logged out');
      return { headers: { authorization: 'Bearer old' }, tls: {} };
    },
  };
  const credentials = new RotatingCredentials(source, clock, silentLogger);
  const refused = await credentials.current();
  await clock.advance(60_000);
  starts = 0;
  await expect(credentials.renew(refused)).rejects.toThrow('logged out');
  for (let requests = 0; requests < 3; requests++) expect(await credentials.renew(refused)).toBe(false);
  expect(starts).toBe(1);
  await clock.advance(5_000);
  await expect(credentials.renew(refused)).rejects.toThrow('logged out');
  expect(starts).toBe(2);
});

test('what expires is loaded anew then, and what was loaded expired not for each request', async () => {
  const clock = new VirtualClock();
  const loads: number[] = [];
  const lives = [60_000, -1, 60_000];
  const load = async (now: number) => {
    const expiresAt = now + (lives[loads.length] ?? 0);
    loads.push(now);
    return { headers: {}, tls: {}, expiresAt };
  };
  const credentials = new RotatingCredentials({ load }, clock, silentLogger);
  const start = clock.now();
  for (let elapsed = 0; elapsed < 70_000; elapsed += 1000) {
    await credentials.current();
    await clock.advance(1000);
  }
  expect(loads.map((at) => at - start)).toEqual([0, 60_000, 65_000]);
});
