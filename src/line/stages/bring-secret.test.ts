import { describe, expect, it } from 'vitest';
import { aClaim, aPool } from '../../../test/objects.js';
import { Pod, Secret } from '../../api/kubernetes.js';
import { latch } from '../../api/latch.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations } from '../../api/names.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { silentLogger } from '../../support/log.js';
import { seededRandom } from '../../support/random.js';
import { minute } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { stockedPod } from '../pod-template.js';
import type { StageContext } from '../stage.js';
import type { DeliverWork } from '../work.js';
import { bringSecret } from './bring-secret.js';
import { handOver } from './hand-over/hand-over.js';
import { takeBack } from './take-back.js';

const pool = aPool({
  template: { spec: { containers: [{ name: 'main', image: 'registry.test/app:1', command: ['/app'] }] } },
  configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/run/secret' },
  latch: latch.parse({ mode: 'Exec' }),
});
const claim = aClaim({
  items: [
    { name: 'a', count: 1, secret: { name: 'sa' } },
    { name: 'b', count: 1, secret: { name: 'sb' } },
  ],
});
const other = aClaim({ items: [{ name: 'plain', count: 1 }] }, 'other');

/** A container in stock, and the works of two replicas that see it there. */
async function made() {
  const clock = new VirtualClock();
  const random = seededRandom('secrets');
  const cluster = new EmbeddedCluster({ clock, random });
  const secretOf = (name: string) =>
    cluster.create(Secret, { metadata: { namespace: 'default', name }, data: { of: btoa(name) } });
  const secrets = [await secretOf('sa'), await secretOf('sb')] as const;
  const pod = await cluster.create(Pod, stockedPod(pool, random));
  const context: StageContext = {
    cluster,
    clock,
    signal: new AbortController().signal,
    term: 0,
    log: silentLogger,
    events: { record: () => {} },
    wake: () => {},
  };
  const work = (index: 0 | 1): DeliverWork => {
    const item = claim.spec.items[index]!;
    return { claim, slot: { index, itemName: item.name ?? '', item }, pod, origin: 'stock', secret: secrets[index] };
  };
  const plain: DeliverWork = {
    claim: other,
    slot: { index: 0, itemName: 'plain', item: other.spec.items[0]! },
    pod,
    origin: 'stock',
  };
  const copy = async () => {
    const { items } = await cluster.list(Secret, { fields: `metadata.name=${pod.metadata.name}` });
    const data = items[0]?.data;
    return data && Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]));
  };
  const deliver = async (one: DeliverWork) => {
    const brought = await bringSecret.run(one, context);
    return brought.verdict === 'pass' ? handOver.run(brought.work, context) : brought;
  };
  const latchOf = async () => (await cluster.get(Pod, nameOf(pod))).metadata.annotations?.[annotations.latch] ?? '';
  return { clock, cluster, context, work, plain, copy, deliver, latchOf };
}

const copyOf = (name: string, index: number) => ({ of: name, 'penstock-delivery': `${claim.metadata.uid}/${index}` });

describe("a container's Secret", () => {
  it('is that of its own item, and its latch is told which', async () => {
    const { work, deliver, copy, latchOf } = await made();
    expect(await deliver(work(1))).toMatchObject({ verdict: 'pass' });
    expect(await copy()).toEqual(copyOf('sb', 1));
    expect((await latchOf()).split('\n')).toEqual(
      expect.arrayContaining([
        `delivery ${claim.metadata.uid}/1`,
        'secret /run/secret',
        `file 0444 claim-uid ${claim.metadata.uid}`,
      ]),
    );
  });

  it("is not another item's that an earlier leader brought", async () => {
    const { clock, context, work, deliver, copy } = await made();
    await bringSecret.run(work(0), context);
    expect(await deliver(work(1))).toMatchObject({ verdict: 'fail', consequence: 'another' });
    expect(await copy()).toEqual(copyOf('sa', 0));
    // whoever brought it is gone
    await clock.advance(minute);
    expect(await deliver(work(1))).toMatchObject({ verdict: 'pass' });
    expect(await copy()).toEqual(copyOf('sb', 1));
  });

  it('is there already when a leader that was cut short goes on', async () => {
    const { context, work, deliver, copy } = await made();
    await bringSecret.run(work(0), context);
    expect(await deliver(work(0))).toMatchObject({ verdict: 'pass' });
    expect(await copy()).toEqual(copyOf('sa', 0));
  });

  it.each([
    ['for a claim that has none', 'plain'],
    ['for another item of the claim', 'item'],
  ] as const)('is left alone by a replica that tries a container %s after it was delivered', async (_, kind) => {
    const { clock, work, plain, deliver, copy } = await made();
    await deliver(work(0));
    const late = kind === 'plain' ? plain : work(1);
    expect(await deliver(late)).toMatchObject({ verdict: 'fail', consequence: 'another' });
    await clock.advance(minute);
    expect(await deliver(late)).toMatchObject({ verdict: 'fail', consequence: 'another' });
    expect(await copy()).toEqual(copyOf('sa', 0));
  });

  it('is removed only by who brought it, where two replicas have the same in mind', async () => {
    const { context, work, copy } = await made();
    await bringSecret.run(work(0), context);
    const second = await bringSecret.run(work(0), context);
    expect(second).toMatchObject({ verdict: 'pass' });
    // what it takes for a container that it loses
    await handOver.run(
      { ...second.work, pod: { ...second.work.pod, metadata: { ...second.work.pod.metadata, uid: 'gone' } } },
      context,
    );
    expect(await copy()).toEqual(copyOf('sa', 0));
  });

  it('goes when its container is lost to another claim', async () => {
    const { context, work, plain, copy } = await made();
    const brought = await bringSecret.run(work(0), context);
    await handOver.run(plain, context);
    expect(await handOver.run(brought.work, context)).toMatchObject({ verdict: 'fail', consequence: 'another' });
    expect(await copy()).toBeUndefined();
  });

  it('of an earlier delivery is removed for a claim that has none', async () => {
    const { clock, context, work, plain, deliver, copy } = await made();
    await bringSecret.run(work(0), context);
    expect(await deliver(plain)).toMatchObject({ verdict: 'fail', consequence: 'another' });
    await clock.advance(minute);
    expect(await deliver(plain)).toMatchObject({ verdict: 'pass' });
    expect(await copy()).toBeUndefined();
  });

  it('stays with a later delivery when the container is taken back from an earlier claim by who has not heard of it', async () => {
    const { context, work, plain, deliver, copy, cluster } = await made();
    const { work: delivered } = await deliver(work(0));
    const latest = await cluster.get(Pod, nameOf(delivered.pod));
    const verdict = await takeBack.run({ pod: latest, claim: plain.claim, pool }, context);
    expect(verdict).toMatchObject({ verdict: 'retry' });
    expect(await copy()).toEqual(copyOf('sa', 0));
    expect(await takeBack.run({ pod: latest, claim, pool }, context)).toMatchObject({ verdict: 'pass' });
    expect(await copy()).toBeUndefined();
  });
});
