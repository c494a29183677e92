/** What a trial of `delivery` runs: nodes, a pool or none, claims, and what goes wrong. */
import type { ContainerClaim } from '../../../api/container-claim.js';
import type { ContainerPool } from '../../../api/container-pool.js';
import { autoscaleWithin, renewalWithin } from '../../../api/container-pool-schema.js';
import { noLatch } from '../../../api/latch.js';
import type { Draft } from '../../../api/meta/resource.js';
import { defaultAudit } from '../../../api/upkeep.js';
import { type Duration, minute, second } from '../../../support/time.js';
import type { Fault } from '../../control-plane/faults.js';

export const policies = ['pool', 'pool-autoscaled', 'cold'] as const;
export type DeliveryPolicy = (typeof policies)[number];

export const faultNames = ['none', 'node-loss', 'operator-crash', 'api-stall'] as const;
export type FaultName = (typeof faultNames)[number];

export const poolName = 'delivery';
const namespace = 'default';

/** What a pool keeps for claims of this size: two of them. */
export const stockOf = (batch: number): number => Math.max(20, 2 * batch);

/** What a container asks for. */
export interface ContainerSize {
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

export const usualSize: ContainerSize = { cpu: 250, memory: 256 * 2 ** 20 };

/** What runs in a container. */
interface Program {
  readonly image: string;
  readonly command?: string[];
}

export const simulatedProgram: Program = { image: 'registry.test/app:1' };

/** With `cold` the pool has no stock: all is made for the claim that asks for it. */
export function poolOf(
  policy: DeliveryPolicy,
  stock: number,
  { cpu, memory } = usualSize,
  program = simulatedProgram,
): Draft<ContainerPool> {
  const requests = { cpu: `${cpu}m`, memory: String(memory) };
  const resources = { requests, limits: { cpu: `${2 * cpu}m`, memory: String(memory) } };
  const template = {
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', ...program, resources }] },
  };
  const spec = {
    replicas: policy === 'cold' ? 0 : stock,
    template,
    refill: { paused: false, maxStarting: 200, startDeadline: '5m' },
    renewal: renewalWithin({}),
    audit: defaultAudit,
    claims: { maxContainers: 10_000 },
    configuration: { mountPath: '/etc/penstock', files: [] },
    latch: noLatch,
    ...(policy === 'pool-autoscaled' && { autoscale: autoscaleWithin({ min: 0, max: 10 * Math.max(stock, 10) }) }),
  };
  return { metadata: { name: poolName, namespace }, spec };
}

export function claimOf(name: string, policy: DeliveryPolicy, count: number): Draft<ContainerClaim> {
  return {
    metadata: { name, namespace },
    spec: {
      pool: { name: poolName },
      items: [{ count, env: [{ name: 'JOB', value: name }] }],
      whenEmpty: policy === 'cold' ? 'Cold' : 'Wait',
    },
  };
}

/** In the middle of the time, so that there is a before and an after. */
export function faultsOf(name: FaultName, within: Duration, nodes: number): readonly Fault[] {
  const at = within / 2;
  switch (name) {
    case 'none':
      return [];
    case 'node-loss':
      // an eighth of the nodes, at least one
      return Array.from({ length: Math.max(1, Math.floor(nodes / 8)) }, (_, node) => ({
        kind: 'node-loss',
        at,
        node,
        lasts: 10 * minute,
      }));
    case 'operator-crash':
      return [{ kind: 'operator-crash', at, lasts: 20 * second }];
    case 'api-stall':
      return [{ kind: 'api-stall', at, lasts: 20 * second }];
  }
}
