import { z } from 'zod';
import type { TemplatedPool } from '../../api/container-pool.js';
import { Pod } from '../../api/kubernetes.js';
import type { Draft } from '../../api/meta/resource.js';
import { annotations, labels, states } from '../../api/names.js';
import { stockedPod } from '../pod-template.js';
import { pass, retry, type Stage } from '../stage.js';
import { type Place, stageType } from '../stage-type.js';
import type { ProduceWork } from '../work.js';

/**
 * Creates the container's pod, owned by its pool. Where nothing but the stage `stock` follows, it is in stock from the
 * start and can be delivered as soon as it is ready: that costs no write. Else it is `producing` until it has been
 * through, and the stages in between begin when it is ready.
 */
export const provision = stageType({
  name: 'provision',
  about: 'Creates the container. The stages after it begin when the container is ready.',
  settings: z.strictObject({}),
  make: (_, { random }, place): Stage<ProduceWork> => ({
    name: 'provision',
    isDone: ({ pod }) => pod !== undefined,
    async run(work, { cluster, signal }) {
      if (work.pod) return pass(work);
      const draft = onItsLine(stockedPod(work.pool, random), work.pool, place);
      const pod = await cluster.create(Pod, draft, { flow: 'refill', signal });
      return place.following.length > 1 ? retry({ ...work, pod }, 'it starts') : pass({ ...work, pod });
    },
  }),
});

function onItsLine(pod: Draft<Pod>, pool: TemplatedPool, { version, following }: Place): Draft<Pod> {
  const { metadata } = pod;
  const marked: Draft<Pod> = {
    ...pod,
    metadata: {
      ...metadata,
      ...(following.length > 1 && { labels: { ...metadata.labels, [labels.state]: states.producing } }),
      ...(version !== undefined && { annotations: { ...metadata.annotations, [annotations.line]: version } }),
    },
  };
  return following.reduce((draft, stage) => stage.prepare?.(draft, pool) ?? draft, marked);
}
