import { ContainerClaim } from '../../src/api/container-claim.js';
import { Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { labels, states } from '../../src/api/names.js';
import { jsonPatch } from '../../src/cluster/patch.js';
import { isReady } from '../../src/line/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { ms, print, timed, until } from '../measure.js';
import { median } from '../../src/support/statistics.js';
import { bareHandOver, claimDraft, namespace } from '../objects.js';
import { stockedWorld } from './world.js';

/** One claim of 1,000 beside 1,000 bare hand-over patches on the same cluster with the same watchers. */
export async function benchDelivery(): Promise<void> {
  const count = 1000;
  const { cluster, stop } = await stockedWorld(2 * count, 40);
  const bare = await timed(async () => {
    const { items } = await cluster.list(Pod, { namespace });
    const owner = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'nobody',
      uid: 'nobody',
      controller: true,
      blockOwnerDeletion: true,
    };
    await Promise.all(
      items.slice(0, count).map((pod, i) => cluster.patch(Pod, nameOf(pod), jsonPatch(bareHandOver(pod, owner, i)))),
    );
  });
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    // the containers themselves: a pool's status is behind them by up to a second
    await until('the stock', async () => {
      const { items } = await cluster.list(Pod, { namespace, labels: `${labels.state}=${states.stocked}` });
      return items.filter(isReady).length >= 2 * count;
    });
    const name = `claim-${round}`;
    rounds.push(
      await timed(async () => {
        await cluster.create(ContainerClaim, claimDraft(name, 'bench', count));
        await until('the delivery', async () =>
          isTrue((await cluster.get(ContainerClaim, { namespace, name })).status?.conditions, 'Ready'),
        );
      }),
    );
    await cluster.remove(ContainerClaim, { namespace, name });
    await until(
      'the containers to be gone',
      async () => (await cluster.list(Pod, { namespace, labels: `${labels.claim}=${name}` })).items.length === 0,
    );
  }
  await stop();
  print('delivery in process', [
    {
      what: `one claim of ${count}, create → Ready`,
      figure: ms(median(rounds)),
      against: `aim < 500 ms; ${count} bare patches ${ms(bare)}: ${(median(rounds) / bare).toFixed(1)} ×`,
    },
  ]);
}
