import { expect, it } from 'vitest';
import { stocked } from '../../../test/objects.js';
import type { Pod } from '../../api/kubernetes.js';
import type { Executor } from '../../cluster/executor.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { BackgroundCalls } from '../../runtime/index.js';
import { silentLogger } from '../../support/log.js';
import { seededRandom } from '../../support/random.js';
import { timestamp } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { aPool } from '../../../test/objects.js';
import { warm } from './warm.js';

it('is not satisfied by an answer from before the container became ready anew', async () => {
  const clock = new VirtualClock();
  let ran = 0;
  const executor: Executor = { run: async () => ({ code: 0, output: String(ran++) }) };
  const workshop = { random: seededRandom(1), calls: new BackgroundCalls(clock), executor };
  const place = { name: 'warm', chain: 'produce', version: 'l@1.u', following: [] } as const;
  const stage = warm.make({ exec: { command: ['x'] } }, workshop, place);
  if (!('run' in stage)) throw new Error(stage.join('; '));
  const context = {
    cluster: new EmbeddedCluster({ clock, random: seededRandom(1) }),
    clock,
    signal: new AbortController().signal,
    term: 0,
    log: silentLogger,
    events: { record: () => {} },
    wake: () => {},
  };
  const readySince = (since: number): Pod => {
    const pod = stocked('a');
    const conditions = (pod.status?.conditions ?? []).map((one) => ({ ...one, lastTransitionTime: timestamp(since) }));
    return { ...pod, status: { ...pod.status, conditions } };
  };
  const verdict = async (since: number) => {
    const { verdict: said } = await stage.run({ pool: aPool(), pod: readySince(since) }, context);
    await clock.drain();
    return said;
  };
  const before = clock.now() - 60_000;
  expect([await verdict(before), ran]).toEqual(['retry', 1]);
  expect([await verdict(clock.now() - 1000), ran]).toEqual(['retry', 2]);
  expect(await verdict(clock.now() - 1000)).toBe('pass');
});
