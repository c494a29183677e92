/** Containers with a latch on the embedded cluster: their Secrets, and their way back to the tenant that they have served. */
import { describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { Pod, Secret } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, states } from '../../src/api/names.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { simulation } from '../../src/embedded/nodes/index.js';
import { handOver, mainContainer, type StageContext } from '../../src/line/index.js';
import { silentLogger } from '../../src/support/log.js';
import { instantOf, minute, second } from '../../src/support/time.js';
import { ref, stage } from './desks.js';

/** Notice, grace and scrub: after so long a container that came back is clean. */
const cleanAfter = 20 * second;

describe('a container with a latch', () => {
  it('gets its own copy of the Secret, which goes with it', async () => {
    const { clock, cluster, start, claim, release, secrets } = await stage('secret');
    const operator = await start('operator');
    await clock.advance(5 * second);
    const pod = await claim('one', undefined, { secret: { name: 'key' } });
    const copy = await cluster.get(Secret, nameOf(pod));
    const claimUid = pod.metadata.annotations?.[annotations.claimUid] ?? '';
    expect(copy.data).toEqual({ key: 'a2V5', 'penstock-delivery': Buffer.from(`${claimUid}/0`).toString('base64') });
    expect(copy.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([pod.metadata.uid]);
    expect(pod.metadata.annotations?.[annotations.latch]).toContain('\nsecret /run/secret\n');
    await release('one');
    await clock.advance(minute);
    expect(await secrets()).toEqual(['key']);
    operator.kill();
  });

  it('waits for the tenant that it has served, and serves no other', async () => {
    const { clock, start, claim, release, stateOf, secrets } = await stage('tenants');
    const operator = await start('operator');
    await clock.advance(5 * second);
    const resources = { limits: { cpu: '300m' } };
    const pod = await claim('first', 'ann', { secret: { name: 'key' }, resources });
    await release('first');
    expect(await stateOf(pod)).toBe(states.returned);
    expect(await secrets()).toEqual(['key']);
    await clock.advance(cleanAfter - 3 * second);
    expect(await stateOf(pod)).toBe(states.returned);
    await clock.advance(5 * second);
    expect(await stateOf(pod)).toBe(states.kept);
    const others = [await claim('bobs', 'bob'), await claim('of-nobody', undefined), await claim('bobs-too', 'bob')];
    expect(others.map(({ metadata }) => metadata.name)).not.toContain(pod.metadata.name);
    const again = await claim('second', 'ann');
    expect(again.metadata.uid).toBe(pod.metadata.uid);
    expect(mainContainer(again)?.resources?.limits).toEqual({ cpu: '200m' });
    expect(again.metadata.annotations?.[annotations.latch]).toContain('\nno-secret /run/secret\n');
    operator.kill();
  });

  it('goes when no claim of its tenant comes in time', async () => {
    const { clock, start, claim, release, stateOf } = await stage('kept');
    const operator = await start('operator');
    await clock.advance(5 * second);
    const pod = await claim('first', 'ann');
    await release('first');
    await clock.advance(9 * minute);
    expect(await stateOf(pod)).toBe(states.kept);
    await clock.advance(3 * minute);
    expect(await stateOf(pod)).toBeUndefined();
    operator.kill();
  });

  it('is not given to another tenant by who knows it from before it served', async () => {
    const { clock, cluster, start, claim, release, stateOf } = await stage('stale');
    const operator = await start('operator');
    await clock.advance(5 * second);
    const before = (await cluster.list(Pod)).items;
    const pod = await claim('first', 'ann');
    await release('first');
    await clock.advance(cleanAfter + second);
    expect(await stateOf(pod)).toBe(states.kept);
    operator.kill();

    const stale = before.find(({ metadata }) => metadata.uid === pod.metadata.uid)!;
    const bobs = await cluster.create(ContainerClaim, {
      metadata: ref('bobs'),
      spec: { pool: { name: 'desks' }, items: [{ count: 1 }], whenEmpty: 'Wait', tenant: 'bob' },
    });
    const context: StageContext = {
      cluster,
      clock,
      signal: new AbortController().signal,
      term: 1,
      log: silentLogger,
      events: { record: () => {} },
      wake: () => {},
    };
    const slot = { index: 0, itemName: '0', item: { count: 1 } };
    const verdict = handOver.run({ claim: bobs, slot, pod: stale, origin: 'stock' }, context);
    expect(await clock.settle(verdict, minute)).toMatchObject({ verdict: 'fail', consequence: 'another' });
    expect(await stateOf(pod)).toBe(states.kept);
  });

  it('is not used again when it has restarted since: nobody knows whether it is clean', async () => {
    const { clock, cluster, start, claim, release, stateOf } = await stage('restarted');
    const operator = await start('operator');
    await clock.advance(5 * second);
    const pod = await claim('first', 'ann');
    await release('first');
    expect(await stateOf(pod)).toBe(states.returned);
    const ends = { metadata: { annotations: { [simulation.fail]: 'crash' } } };
    await cluster.patch(Pod, nameOf(pod), mergePatch(ends));
    await clock.advance(second);
    expect(await stateOf(pod)).toBeUndefined();
    operator.kill();
  });
});

describe('a kubelet that may not have shown a delivery', () => {
  const exec = { command: ['/ready'] };

  it('is reminded once, where the program does not become ready', async () => {
    const { clock, cluster, start, claim } = await stage('unready', {
      readinessProbe: { exec, initialDelaySeconds: 3600 },
    });
    const operator = await start('operator');
    await clock.advance(5 * second);
    const pod = await claim('one', undefined);
    const marks = async () => (await cluster.get(Pod, nameOf(pod))).metadata.annotations ?? {};
    await clock.advance(second);
    const { [annotations.remindedAt]: reminded, [annotations.deliveredAt]: delivered } = await marks();
    expect((instantOf(reminded) ?? 0) - (instantOf(delivered) ?? 0)).toBe(5 * second);
    // before the line gives it up and takes another
    await clock.advance(4 * minute);
    expect((await marks())[annotations.remindedAt]).toBe(reminded);
    operator.kill();
  });

  it('is reminded once where nobody can tell', async () => {
    const { clock, cluster, start, claim } = await stage('unprobed');
    const operator = await start('operator');
    await clock.advance(5 * second);
    const pod = await claim('one', undefined);
    await clock.advance(5 * minute);
    const { [annotations.remindedAt]: reminded, [annotations.deliveredAt]: delivered } =
      (await cluster.get(Pod, nameOf(pod))).metadata.annotations ?? {};
    expect((instantOf(reminded) ?? 0) - (instantOf(delivered) ?? 0)).toBe(2 * second);
    operator.kill();
  });

  it('is let be where the program is ready', async () => {
    const { clock, cluster, start, claim } = await stage('ready', { readinessProbe: { exec } });
    const operator = await start('operator');
    await clock.advance(5 * second);
    const pod = await claim('one', undefined);
    await clock.advance(minute);
    expect((await cluster.get(Pod, nameOf(pod))).metadata.resourceVersion).toBe(pod.metadata.resourceVersion);
    operator.kill();
  });
});

describe('an operator that is killed while it takes a container back', () => {
  const moments = ['before', 'after'] as const;
  const points = Array.from({ length: 6 }, (_, write) =>
    moments.map((moment) => ({ write: write + 1, moment })),
  ).flat();

  it.each(points)('$moment write $write: the next one ends what it began', async (crashAt) => {
    const { clock, cluster, start, startDoomed, claim, release, stateOf, secrets } = await stage('crash');
    const first = await start('first');
    await clock.advance(5 * second);
    const pod = await claim('ann', 'ann', { secret: { name: 'key' }, resources: { limits: { cpu: '300m' } } });
    first.kill();
    await release('ann');
    const { operator, crashed } = await startDoomed('second', crashAt);
    await clock.advance(minute);
    // the last points may lie behind all that there is to write
    expect(crashed() || crashAt.write > 4).toBe(true);
    if (crashed()) await start('third');
    await clock.advance(2 * minute);
    expect(await stateOf(pod)).toBe(states.kept);
    expect(await secrets()).toEqual(['key']);
    expect((await cluster.list(ContainerClaim)).items).toEqual([]);
    const again = await claim('again', 'ann');
    expect(again.metadata.uid).toBe(pod.metadata.uid);
    operator.kill();
  });
});
