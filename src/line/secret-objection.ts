import type { Secret } from '../api/kubernetes.js';

/** The key by which a latch knows that a Secret is its delivery's, and not what an earlier try left behind. */
export const deliveryKey = 'penstock-delivery';

/** Whoever has one of these is somebody else to the API server: they are never for a container or a program of a user. */
const credentials: ReadonlySet<string> = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
]);

/** Why the operator gives no part of this Secret to anybody, and what to do; `undefined`: it does. Pure. */
export function secretObjection({ metadata: { name }, type, data }: Secret): string | undefined {
  if (type !== undefined && credentials.has(type))
    return `Secret ${name} is of type ${type}, which the operator never hands out: name a Secret of another type`;
  if (data?.[deliveryKey] !== undefined)
    return `Secret ${name} is the copy that another container was given (it has the key ${deliveryKey}): name the Secret that it was copied from`;
  return undefined;
}
