/** What the suite itself reads of pods and nodes: nothing of the scheduler is used. Its pods have one container and plain requests. */
import type { Node, Pod } from '../../../src/api/kubernetes.js';

export const resources = ['cpu', 'memory', 'pods'] as const;
export type Amounts = Readonly<Record<(typeof resources)[number], number>>;

export function requestedBy({ spec }: Pod): Amounts {
  const { cpu, memory } = spec?.containers[0]?.resources?.requests ?? {};
  return { cpu: thousandths(cpu), memory: bytes(memory), pods: 1 };
}

export function allocatableOf({ status }: Node): Amounts {
  const { cpu, memory, pods } = status?.allocatable ?? {};
  return { cpu: thousandths(cpu), memory: bytes(memory), pods: Number(pods ?? 0) };
}

export const plus = (a: Amounts, b: Amounts): Amounts => ({
  cpu: a.cpu + b.cpu,
  memory: a.memory + b.memory,
  pods: a.pods + b.pods,
});

export const nothing: Amounts = { cpu: 0, memory: 0, pods: 0 };

/** The resources of which `amounts` are more than `room`. */
export const beyond = (amounts: Amounts, room: Amounts): readonly string[] =>
  resources.filter((name) => amounts[name] > room[name]);

export const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const thousandths = (quantity = '0'): number =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : 1000 * Number(quantity);

function bytes(quantity = '0'): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)?$/.exec(quantity) ?? [];
  return Number(number) * (unit === 'Gi' ? 2 ** 30 : unit === 'Mi' ? 2 ** 20 : 1);
}
