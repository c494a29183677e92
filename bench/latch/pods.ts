/** Pods as a pool with a latch keeps them in stock, and the same pods asleep. */
import { Pod, type PodSpec } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { latchedSpec } from '../../src/line/latch/pod-spec.js';
import { image } from '../../test/e2e/environment.js';
import type { Place } from '../../test/e2e/place.js';
import { processes } from '../../test/e2e/runtime.js';
import { aPool } from '../../test/objects.js';

const asleep: PodSpec = {
  containers: [
    {
      name: 'main',
      image,
      command: ['/bin/busybox', 'sleep', '86400'],
      resources: { requests: { cpu: '1m', memory: '4Mi' } },
      // one of its own: inotify instances are counted by user
      securityContext: { runAsUser: 65_532 },
    },
  ],
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 0,
};

/** Creates `count` pods that sleep, and as many of the same whose latch, of `latchImage`, waits. */
export async function createPods(place: Place, count: number, latchImage: string): Promise<void> {
  const pool = aPool({ latch: latch.parse({ mode: 'Exec', image: latchImage }) });
  const specs = { sleeping: asleep, waiting: latchedSpec(asleep, pool, 'Exec', undefined) };
  for (let index = 0; index < count; index++) {
    for (const [kind, spec] of Object.entries(specs)) {
      const name = `${kind}-${index}`;
      await place.cluster.create(Pod, { metadata: { namespace: place.namespace, name, labels: { kind } }, spec });
    }
  }
}

/** The first process of each container of a kind, once all run. */
export async function processesOf(place: Place, kind: string, count: number): Promise<readonly number[]> {
  const { namespace, cluster } = place;
  const pods = await place.until(
    `${count} pods ${kind}`,
    async () => (await cluster.list(Pod, { namespace, labels: `kind=${kind}` })).items,
    (seen) => seen.length === count && seen.every(({ status }) => status?.containerStatuses?.[0]?.state?.running),
    600_000,
  );
  const running = await processes();
  return pods.map(({ metadata, status }) => {
    const id = status?.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, '') ?? '';
    const pid = running.get(id);
    if (pid === undefined) throw new Error(`the runtime does not know the container of pod ${metadata.name}`);
    return pid;
  });
}
