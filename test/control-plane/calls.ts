/** Reads from an API server's audit log what somebody asked for, reads included, and what authorization said to it. */
import { readFileSync } from 'node:fs';

export interface Call {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/resize`. */
  readonly resource: string;
  readonly namespace: string;
  /** Empty for a list, a watch and a create. */
  readonly name: string;
  readonly decision: 'allow' | 'forbid';
  /** The HTTP status of the answer. */
  readonly code: number;
  /** When the request came, RFC 3339. */
  readonly at: string;
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** All calls of a user that were about objects, in their order; a watch may be in it twice, when it begins and ends. */
export function callsOf(user: string, auditLog: string): readonly Call[] {
  return readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(user))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.user.username === user && event.objectRef?.resource !== undefined)
    .map(({ verb, objectRef = {}, responseStatus, requestReceivedTimestamp: at, annotations }) => {
      const { apiGroup = '', resource = '', subresource, namespace = '', name = '' } = objectRef;
      return {
        verb,
        group: apiGroup,
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        namespace,
        name,
        decision: annotations?.['authorization.k8s.io/decision'] === 'forbid' ? 'forbid' : 'allow',
        code: responseStatus?.code ?? 0,
        at,
      };
    });
}
