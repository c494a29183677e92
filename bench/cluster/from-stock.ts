import { ContainerClaim } from '../../src/api/container-claim.js';
import { annotations, labels } from '../../src/api/names.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import type { Place } from '../../test/e2e/place.js';
import { startTimes } from './start-times.js';

/** One batch, milliseconds for each of its containers. */
export interface Started {
  /** From the call that asked for the batch to the process's first word. */
  readonly sinceCall: readonly number[];
  /** From the hand-over's own time stamp, given by the operator just before it sends the patch. Empty when cold. */
  readonly sincePatch: readonly number[];
}

const name = 'batch';

/** Claims `count` containers and reads from their logs when each of them said that it is at work. */
export async function fromStock(place: Place, pool: string, count: number): Promise<Started> {
  const { cluster, namespace, clock } = place;
  const called = clock.now();
  const claim = await cluster.create(ContainerClaim, {
    metadata: { namespace, name },
    spec: {
      pool: { name: pool },
      items: [{ name: 'job', count, env: [{ name: 'JOB', value: 'batch' }] }],
      whenEmpty: 'Fail',
    },
  });
  await untilReady(place, { namespace, name });
  const pods = await containersOf(place, claim);
  const patched = new Map(
    pods.map(({ metadata }) => [metadata.name, Date.parse(metadata.annotations?.[annotations.deliveredAt] ?? '')]),
  );
  const times = await startTimes(place, `${labels.claim}=${name}`, count);
  return {
    sinceCall: [...times.values()].map((at) => at - called),
    sincePatch: [...times].map(([pod, at]) => at - (patched.get(pod) ?? Number.NaN)),
  };
}

/** Ends the batch, and returns when its containers are gone. */
export async function release(place: Place): Promise<void> {
  const { cluster, namespace } = place;
  await cluster.remove(ContainerClaim, { namespace, name });
  await place.gone(`${labels.claim}=${name}`);
}
