/** Reads an API server's audit log: what was written, by whom, with what answer. The last word on what happened. */
import { readFileSync } from 'node:fs';
import { annotations, labels, states } from '../../src/api/names.js';

/** One answered write. */
export interface Write {
  readonly user: string;
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** With its subresource: `pods`, `pods/resize`, `containerclaims/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** The HTTP status of the answer. */
  readonly code: number;
  /** When the request came, microseconds, RFC 3339: sorts as text. */
  readonly at: string;
  /** The operations of a JSON Patch on a pod. */
  readonly operations: readonly Operation[];
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly requestObject?: unknown;
}

/** The writes of an audit log (JSON lines) in the order of their answers. */
export function readAudit(path: string): readonly Write[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const event = parsed(line);
      return event?.stage === 'ResponseComplete' && verbs.has(event.verb) ? [writeOf(event)] : [];
    });
}

const verbs: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** A server that was killed may have left a line unfinished. */
function parsed(line: string): AuditEvent | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as AuditEvent);
  } catch {
    return undefined;
  }
}

function writeOf(event: AuditEvent): Write {
  const { resource = '', subresource, namespace = '', name = '' } = event.objectRef ?? {};
  return {
    user: event.user.username,
    verb: event.verb as Write['verb'],
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    code: event.responseStatus?.code ?? 0,
    at: event.requestReceivedTimestamp,
    operations: Array.isArray(event.requestObject) ? (event.requestObject as readonly Operation[]) : [],
  };
}

/** A patch that took a container out of stock, and succeeded. */
export interface HandOver {
  /** The pod's uid. */
  readonly container: string;
  /** The claim's uid. */
  readonly claim: string;
  readonly index: string;
  readonly user: string;
  readonly at: string;
}

const pathOf = (field: 'labels' | 'annotations', key: string) => `/metadata/${field}/${key.replaceAll('/', '~1')}`;

/** All hand-overs that succeeded, in their order. */
export function handOvers(writes: readonly Write[]): readonly HandOver[] {
  return writes
    .filter(({ resource, verb, code }) => resource === 'pods' && verb === 'patch' && code === 200)
    .flatMap(({ operations, user, at }) => {
      const valueOf = (op: string, path: string) =>
        operations.find((operation) => operation.op === op && operation.path === path)?.value;
      if (valueOf('add', pathOf('labels', labels.state)) !== states.delivered) return [];
      return [
        {
          container: String(valueOf('test', '/metadata/uid')),
          claim: String(valueOf('add', pathOf('annotations', annotations.claimUid))),
          index: String(valueOf('add', pathOf('annotations', annotations.index))),
          user,
          at,
        },
      ];
    });
}

/** How many writes of each sort succeeded, such as `{ 'patch pods': 50, 'patch containerclaims/status': 1 }`. */
export function countWrites(writes: readonly Write[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verb, resource, code } of writes) {
    if (code < 200 || code >= 300) continue;
    const sort = `${verb} ${resource}`;
    counts[sort] = (counts[sort] ?? 0) + 1;
  }
  return counts;
}
