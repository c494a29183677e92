import type { Pod } from '../../api/kubernetes.js';
import { annotations } from '../../api/names.js';
import { endingOf, mainContainer, mainStatus } from '../../line/index.js';
import { ageColumn, type Column, nameColumn, since } from './columns.js';

const annotation = (title: string, name: string, wide = false): Column<Pod> => ({
  title,
  wide,
  value: ({ metadata }) => metadata.annotations?.[name] ?? '',
});
const size = (title: string, resource: 'cpu' | 'memory'): Column<Pod> => ({
  title,
  wide: true,
  value: (pod) => (mainStatus(pod)?.resources ?? mainContainer(pod)?.resources)?.requests?.[resource] ?? '',
});

/** With which code its program ended. */
const exitColumn: Column<Pod> = {
  title: 'EXIT',
  value: (pod) => {
    const ending = endingOf(pod);
    if (!ending || ending.outcome === 'lost') return '';
    return String(ending.outcome === 'failed' ? ending.exitCode : 0);
  },
};

/** What is printed of containers whose work has ended. */
export const endedColumns: readonly Column<Pod>[] = [
  nameColumn,
  annotation('ITEM', annotations.item),
  annotation('INDEX', annotations.index),
  exitColumn,
  { title: 'NODE', value: ({ spec }) => spec?.nodeName ?? '<none>' },
  ageColumn,
];

/** What is printed of the containers of a claim. */
export const containerColumns: readonly Column<Pod>[] = [
  nameColumn,
  annotation('ITEM', annotations.item),
  { title: 'READY', value: (pod) => (isReady(pod) ? 'yes' : 'no') },
  { title: 'NODE', value: ({ spec }) => spec?.nodeName ?? '<none>' },
  { title: 'IP', value: ({ status }) => status?.podIP ?? '<none>' },
  { title: 'PORTS', value: portsOf },
  { ...exitColumn, wide: true },
  annotation('INDEX', annotations.index, true),
  annotation('ORIGIN', annotations.origin, true),
  size('CPU', 'cpu'),
  size('MEMORY', 'memory'),
  {
    title: 'DELIVERED',
    wide: true,
    value: ({ metadata }, now) => since(metadata.annotations?.[annotations.deliveredAt], now),
  },
  ageColumn,
];

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

function portsOf({ spec }: Pod): string {
  const ports = spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
  if (ports.length === 0) return '<none>';
  return ports.map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`).join(',');
}
