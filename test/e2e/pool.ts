import type { ContainerPool, ContainerPoolSpec } from '../../src/api/container-pool.js';
import type { Pod } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { aPool } from '../objects.js';
import { image } from './environment.js';

/** Ends at once on SIGTERM, which process 1 would ignore otherwise. */
export const idle = 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done';

/** A pool of small busybox containers for `place.namespace`: they idle, run as nobody, and need little. */
export function aBusyboxPool(
  { namespace }: { readonly namespace: string },
  name: string,
  spec: Partial<Omit<ContainerPoolSpec, 'template'>> = {},
  pod: Partial<NonNullable<Pod['spec']>> = {},
): Draft<ContainerPool> {
  const template = {
    spec: {
      containers: [
        {
          name: 'main',
          image,
          command: ['sh', '-c', idle],
          resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '50m', memory: '32Mi' } },
        },
      ],
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 2,
      ...pod,
    },
  };
  return { metadata: { namespace, name }, spec: { ...aPool(spec).spec, template } };
}
