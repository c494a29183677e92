/** The demo's outcome as text. Pure. */
import type { ContainerClaim } from '../../api/container-claim.js';
import type { Pod } from '../../api/kubernetes.js';
import { annotations } from '../../api/names.js';
import { mainStatus } from '../../line/index.js';
import { type Duration, formatDuration } from '../../support/time.js';
import { table } from '../output/table.js';
import { writesSince } from './counting-cluster.js';
import { type Latency, latencyOf } from './latency.js';
import type { Place } from './place.js';
import type { Batch, Outcome } from './story.js';

const rowsPerItem = 3;

export function report(outcome: Outcome, place: Pick<Place, 'writes'>, heading: (text: string) => string): string {
  const { warm } = outcome;
  return [
    `\n${heading('What was delivered where, with which configuration')}\n\n`,
    deliveredTable(warm),
    `\n${heading('How long it took')}\n\n`,
    latencyTable(outcome),
    `\n${comparison(outcome)}`,
    `\n${heading('What it cost the API server')}\n\n`,
    writes(warm, place.writes),
  ].join('');
}

function deliveredTable({ claim, pods }: Batch): string {
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const { name = '', count } of claim.spec.items) {
    const own = pods.filter((pod) => itemOf(pod) === name);
    for (const pod of own.slice(0, rowsPerItem)) rows.push(rowOf(pod));
    const nodes = new Set(own.map(({ spec }) => spec?.nodeName)).size;
    rows.push([`${own.length === count ? `all ${count}` : `${own.length} of ${count}`}`, name, `${nodes} nodes`]);
    notes.push(name);
  }
  return table(['POD', 'ITEM', 'NODE', 'IP', 'CPU', 'MEMORY', 'ENVIRONMENT', 'FILES', 'LABEL'], rows);
}

const itemOf = ({ metadata }: Pod): string => metadata.annotations?.[annotations.item] ?? '';

function rowOf(pod: Pod): string[] {
  const { metadata, spec, status } = pod;
  const size = mainStatus(pod)?.resources?.requests ?? {};
  const env = Object.entries(JSON.parse(metadata.annotations?.[annotations.env] ?? '{}') as Record<string, string>);
  const prefix = 'file.penstock.dev/';
  const files = Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith(prefix));
  return [
    metadata.name,
    itemOf(pod),
    spec?.nodeName ?? '',
    status?.podIP ?? '',
    size.cpu ?? '',
    size.memory ?? '',
    env.map(([name, value]) => `${name}=${value}`).join(' '),
    files.map((file) => file.slice(prefix.length)).join(' '),
    `site=${metadata.labels?.site ?? ''}`,
  ];
}

function latencyTable({ warm, cold }: Outcome): string {
  const row = (what: string, { p50, p95, p99, last }: Latency) => [what, ...[p50, p95, p99, last].map(formatDuration)];
  const of = ({ sightings, createdAt }: Batch, what: 'mine' | 'bound' | 'ready') =>
    latencyOf(sightings, createdAt, what);
  return table(
    ['FROM THE CLAIM UNTIL A WATCHER SEES THE CONTAINER', 'P50', 'P95', 'P99', 'WHOLE BATCH'],
    [
      row('from stock: handed over and configured', of(warm, 'mine')),
      row('from stock: ready, resized where asked for', of(warm, 'ready')),
      row('cold: created', of(cold, 'mine')),
      row('cold: has a node', of(cold, 'bound')),
      row('cold: ready', of(cold, 'ready')),
    ],
  );
}

function comparison({ warm, cold }: Outcome): string {
  const last = ({ sightings, createdAt }: Batch, what: 'mine' | 'bound' | 'ready') =>
    latencyOf(sightings, createdAt, what).last;
  const [handedOver, ready] = [last(warm, 'mine'), last(warm, 'ready')];
  const [bound, started] = [last(cold, 'bound'), last(cold, 'ready')];
  const resized = resizedContainers(warm.claim);
  return [
    `The whole batch was ready after ${formatDuration(ready)} from stock, after ${formatDuration(started)} cold: ${ratio(started, ready)} times as fast.`,
    `Simulated in this are ${formatDuration(started - bound)} of the cold batch, from the last node to the last container ready:`,
    'a sandbox, a process and an application that gets ready each take a time drawn at random, while the image is on',
    'every node already. A slower start makes the ratio greater, a quicker one smaller.',
    `Not simulated is what the API and the controllers took: ${formatDuration(handedOver)} to hand over ${warm.pods.length} containers from stock,`,
    `${formatDuration(bound)} to create and place ${cold.pods.length} cold ones: ${ratio(bound, handedOver)} times as fast. The ${resized} containers that are resized in place`,
    `are ready ${formatDuration(ready - handedOver)} later, some 60 ms of which a simulated kubelet takes for each.`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const ratio = (more: Duration, less: Duration): string => {
  const value = more / Math.max(1, less);
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
};

function writes(batch: Batch, price: string): string {
  const count = (key: string) => writesSince(batch.before, batch.after, key);
  const containers = batch.pods.length;
  const resized = resizedContainers(batch.claim);
  const each = (writes: number, things: number) =>
    things === 0 ? '-' : (writes / things).toFixed(2).replace(/\.00$/, '');
  const rows = [
    ['hand-over (label, owner, environment, files in one patch)', count('patch pods'), 'container', containers],
    ['resize in place', count('patch pods/resize'), 'resized container', resized],
    ['status of the claim', count('patch containerclaims/status'), 'claim', 1],
  ] as const;
  return [
    table(
      ['WRITES OF THE OPERATOR FOR THE BATCH FROM STOCK', 'NUMBER', 'EACH'],
      rows.map(([what, number, per, things]) => [what, String(number), `${each(number, things)} per ${per}`]),
    ),
    `\nMeanwhile it made ${count('create pods')} containers to fill the stock again. Here ${price}.\n`,
    'Not counted: two seconds after a delivery it touches each configured container once more, so that kubelets look again.\n',
  ].join('');
}

function resizedContainers({ spec }: ContainerClaim): number {
  return spec.items.reduce((sum, { count, resources }) => sum + (resources ? count : 0), 0);
}
