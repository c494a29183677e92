import { expect, test } from 'vitest';
import { silentLogger } from '../../support/log.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { type IdentitySource, RotatingCredentials } from './credentials.js';

test('a plugin that fails is started again only after a while, however many requests are refused', async () => {
  const clock = new VirtualClock();
  let starts = 0;
  const source: IdentitySource = {
    load: async (need) => {
      starts++;
      if (need === 'fresh') throw new Error('logged out');
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
