/** What `describe` prints of any object of ours, laid out as kubectl does. */
import { Event } from '../api/kubernetes.js';
import type { Condition } from '../api/meta/metadata.js';
import type { Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { ApiError } from '../cluster/errors.js';
import type { Instant } from '../support/time.js';
import { since } from './output/columns.js';
import { table } from './output/table.js';

export type Fact = readonly [name: string, value: string | number | undefined];

/** Name and value, a line each; what has no value is left out. */
export function facts(all: readonly Fact[]): string {
  const known = all.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${`${name}:`.padEnd(width + 3)}${value}\n`).join('');
}

export function identity({ metadata }: Resource, now: Instant): readonly Fact[] {
  const { name, namespace, labels = {}, creationTimestamp } = metadata;
  return [
    ['Name', name],
    ['Namespace', namespace],
    [
      'Labels',
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ],
    ['Created', `${creationTimestamp} (${since(creationTimestamp, now)} ago)`],
  ];
}

export function section(title: string, body: string): string {
  return `\n${title}:\n${body.replace(/^(?=.)/gm, '  ')}`;
}

export function conditionsSection(conditions: readonly Condition[] = [], now: Instant): string {
  if (conditions.length === 0) return section('Conditions', 'none yet: no operator has looked at it\n');
  return section(
    'Conditions',
    table(
      ['TYPE', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
      conditions.map(({ type, status, lastTransitionTime, reason, message }) => [
        type,
        status,
        since(lastTransitionTime, now),
        reason,
        message,
      ]),
    ),
  );
}

/** Events that are read, and of these shown. */
const limits = { read: 500, shown: 10 } as const;

/** The latest Events about an object; nothing where there are none or they may not be read. */
export async function eventsSection(cluster: Cluster, { metadata }: Resource, now: Instant): Promise<string> {
  const { namespace, uid } = metadata;
  const query = { ...(namespace === undefined ? {} : { namespace }), limit: limits.read };
  const { items } = await cluster.list(Event, query).catch((error: unknown) => {
    if (error instanceof ApiError) return { items: [] };
    throw error;
  });
  const own = items.filter(({ regarding }) => regarding?.uid === uid).slice(-limits.shown);
  if (own.length === 0) return '';
  return section(
    'Events',
    table(
      ['TYPE', 'REASON', 'AGE', 'FROM', 'MESSAGE'],
      own.map(({ type = '', reason = '', metadata, reportingController = '', note = '' }) => [
        type,
        reason,
        since(metadata.creationTimestamp, now),
        reportingController,
        note,
      ]),
    ),
  );
}
