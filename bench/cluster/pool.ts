import { ContainerPool } from '../../src/api/container-pool.js';
import { latch, type LatchMode } from '../../src/api/latch.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { image } from '../../test/e2e/environment.js';
import type { Place } from '../../test/e2e/place.js';
import { aBusyboxPool } from '../../test/e2e/pool.js';

/** What each container says as soon as it runs with its configuration; its log has the time. */
export const word = 'at-work';

const stay = 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done';
/** With its environment in place it only has to say so. */
const says = `echo ${word} $JOB; ${stay}`;
/** Without a latch the program looks for its file, ten times a second without a fork. */
const looks = `mkfifo /tmp/f; exec 3<>/tmp/f; until [ -s /etc/penstock/env.json ]; do read -r -t 0.1 -u 3; done; ${says}`;

/** The command of a container in stock, or of one that is started with its environment (`Cold`). */
export const command = (mode: LatchMode | 'Cold'): readonly string[] => ['sh', '-c', mode === 'None' ? looks : says];

export const resources = { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '500m', memory: '32Mi' } };

export function benchPool(place: Place, name: string, mode: LatchMode, replicas: number): Draft<ContainerPool> {
  const container = { name: 'main', image, command: [...command(mode)], resources };
  return aBusyboxPool(
    place,
    name,
    { replicas, latch: latch.parse({ mode, image }) },
    { containers: [container], terminationGracePeriodSeconds: 0 },
  );
}

export async function stocked(place: Place, name: string, count: number): Promise<void> {
  await place.untilObject(
    ContainerPool,
    name,
    `to have ${count} ready`,
    (pool) => pool?.status?.ready === count && pool.status.replicas === count,
  );
}
