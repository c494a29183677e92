import type { Pod } from './kubernetes.js';
import { annotations } from './names.js';

/**
 * That someone wants a pod to go, in an annotation of the pod. Whoever owns the pod may respond: it puts a replacement in its place
 * first. A pod that nobody responds for is evicted by who asked. The annotation is removed when the request is withdrawn. It is
 * shaped as the EvictionRequest of `lifecycle.k8s.io` (alpha in Kubernetes 1.37), whose place it takes where that is not served.
 */
export interface EvictionRequest {
  /** Who asks, a prefixed name such as `penstock.dev/rebalancer`. */
  readonly requester: string;
  /** RFC 3339. */
  readonly requestedAt: string;
  /** Why, for people. */
  readonly reason: string;
  /** The node on which the replacement is to be; absent: any other than the pod's. */
  readonly node?: string | undefined;
}

/** The request on a pod. One that cannot be read is none. */
export function evictionRequestOf({ metadata }: Pick<Pod, 'metadata'>): EvictionRequest | undefined {
  const text = metadata.annotations?.[annotations.evictionRequest];
  if (text === undefined) return undefined;
  try {
    return requestIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function requestIn(value: unknown): EvictionRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [requester, requestedAt, reason, node] = ['requester', 'requestedAt', 'reason', 'node'].map((name) =>
    fields.get(name),
  );
  if (typeof requester !== 'string' || typeof requestedAt !== 'string' || typeof reason !== 'string') return undefined;
  if (node !== undefined && typeof node !== 'string') return undefined;
  return { requester, requestedAt, reason, ...(node !== undefined && { node }) };
}
