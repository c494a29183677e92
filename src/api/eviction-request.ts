import { z } from 'zod';
import type { Pod } from './kubernetes.js';
import { annotations } from './names.js';

/**
 * That someone wants a pod to go, in an annotation of the pod. Whoever owns the pod may respond: it puts a replacement in its place
 * first. A pod that nobody responds for is evicted by who asked. The annotation is removed when the request is withdrawn. It is
 * shaped as the EvictionRequest of `lifecycle.k8s.io` (alpha in Kubernetes 1.37), whose place it takes where that is not served.
 */
const evictionRequest = z.object({
  /** Who asks, a prefixed name such as `penstock.dev/rebalancer`. */
  requester: z.string(),
  /** RFC 3339. */
  requestedAt: z.string(),
  /** Why, for people. */
  reason: z.string(),
  /** The node on which the replacement is to be; absent: any other than the pod's. */
  node: z.string().optional(),
});

export type EvictionRequest = z.output<typeof evictionRequest>;

/** The request on a pod. One that cannot be read is none. */
export function evictionRequestOf({ metadata }: Pick<Pod, 'metadata'>): EvictionRequest | undefined {
  const text = metadata.annotations?.[annotations.evictionRequest];
  if (text === undefined) return undefined;
  try {
    return evictionRequest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
