import { z } from 'zod';
import type { Node, Pod } from '../../api/kubernetes.js';

/** The JSON of k8s.io/kube-scheduler/extender/v1, whose fields have Go's own names. */

const named = z.looseObject({ metadata: z.looseObject({ name: z.string().min(1) }) });
const isPod = (value: unknown): value is Pod =>
  named.safeParse(value).success &&
  z.object({ spec: z.looseObject({ containers: z.array(z.unknown()) }) }).safeParse(value).success;
const isNode = (value: unknown): value is Node => named.safeParse(value).success;

export const extenderArgs = z.object({
  Pod: z.custom<Pod>(isPod, 'must be a pod'),
  /** Candidates, of a scheduler that says `nodeCacheCapable: true`. */
  NodeNames: z.array(z.string()).nullish(),
  /** Candidates, of one that does not. */
  Nodes: z.object({ items: z.array(z.custom<Node>(isNode, 'must be a node')).nullish() }).nullish(),
});

export type ExtenderArgs = z.output<typeof extenderArgs>;

export interface ExtenderFilterResult {
  readonly NodeNames?: readonly string[];
  readonly Nodes?: { readonly apiVersion: 'v1'; readonly kind: 'NodeList'; readonly items: readonly Node[] };
  /** Why, by node: pods that go may help. */
  readonly FailedNodes: Readonly<Record<string, string>>;
  /** Why, by node: pre-emption would change nothing. */
  readonly FailedAndUnresolvableNodes: Readonly<Record<string, string>>;
  readonly Error?: string;
}

export interface HostPriority {
  readonly Host: string;
  /** From 0 to `mostPriority`, the higher the better. */
  readonly Score: number;
}

/** `MaxExtenderPriority` */
export const mostPriority = 10;
