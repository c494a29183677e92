import type { ClaimItem, ContainerClaim, ContainerClaimSpec } from '../api/container-claim.js';
import type { Draft } from '../api/meta/resource.js';

/** A file for a container: text or bytes, or either with permissions such as `'0600'`. */
export type FileContent = string | Uint8Array | { readonly content: string | Uint8Array; readonly mode: string };

/** One kind of container of a claim. */
export interface ItemRequest {
  /** What the containers are told apart by; without it they go by the item's place in the list. */
  readonly name?: string;
  /** How many. */
  readonly count: number;
  /** Variables by name. Bytes, and variables of the process itself, take a pool with a latch; else they are a file. */
  readonly env?: Readonly<Record<string, string | Uint8Array>>;
  /** Files by name, below the folder that the pool mounts. Without a latch the pool must name them. */
  readonly files?: Readonly<Record<string, FileContent>>;
  /** A Secret of the namespace, for pools with `configuration.secretPath`. */
  readonly secret?: string;
  /** What the main container is resized to, in place. */
  readonly resources?: ClaimItem['resources'];
  /** In place of the template's image: one of the pool's `images`. The main container restarts with it. */
  readonly image?: string;
  /** In place of `resources`: one of the pool's shapes. */
  readonly shape?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What to ask a pool for. Durations are text such as `30s` or `1h30m`. */
export interface ClaimRequest {
  /** Makes the request repeatable: asking again for the same under the same name gives the same claim. */
  readonly name?: string;
  /** Of the namespace of the connection: its name; or labels, and each item comes from the pool that wastes least on it. */
  readonly pool: string | { readonly labels: Readonly<Record<string, string>> };
  readonly items: readonly ItemRequest[];
  /** Deliver nothing unless so many can be had. Default: all of them. 0: as many as there are. */
  readonly minAvailable?: number;
  /** How long the claim may wait for its containers; then it is given up, or ends with what it has from minAvailable on. */
  readonly deadline?: string;
  /** How long the containers live after delivery, whatever becomes of this program. Default: the pool's. */
  readonly lifetime?: string;
  /** How often the work of the containers may fail, all together, before the claim fails. Default: 6. */
  readonly backoffLimit?: number;
  /** How long the claim, its pods and their logs stay after it has finished. Default: the pool's. */
  readonly ttlSecondsAfterFinished?: number;
  /** On whose behalf. */
  readonly tenant?: string;
  /** Where claims wait, higher ones go first; at most what the pool allows. Default: 0. */
  readonly priority?: number;
  /** When the stock does not suffice: wait for refill (default), make the rest for this claim, or fail at once. */
  readonly whenEmpty?: ContainerClaimSpec['whenEmpty'];
  /** Of the claim itself, to find it by. */
  readonly labels?: Readonly<Record<string, string>>;
}

export type NamedDraft = Draft<ContainerClaim> & { readonly metadata: { readonly name: string } };

/** The claim that is asked for. Pure; what is wrong with it shows when it is created. */
export function draftOf(request: ClaimRequest, namespace: string, name: string): NamedDraft {
  const { name: _, pool, items, labels, whenEmpty = 'Wait', ...limits } = request;
  return {
    metadata: { namespace, name, ...(labels && { labels }) },
    // what a program states beside the fields goes along: the kind's own rules say what is no field
    spec: { ...limits, pool: poolOf(pool), items: items.map(itemOf), whenEmpty },
  };
}

const poolOf = (pool: ClaimRequest['pool']): ContainerClaimSpec['pool'] =>
  typeof pool === 'string' ? { name: pool } : { selector: { matchLabels: pool.labels } };

function itemOf({ env, files, secret, ...item }: ItemRequest): ClaimItem {
  return {
    ...item,
    ...(env && { env: Object.entries(env).map(([name, value]) => ({ name, ...valueOf(value) })) }),
    ...(files && { files: Object.entries(files).map(([name, file]) => ({ name, ...fileOf(file) })) }),
    ...(secret !== undefined && { secret: { name: secret } }),
  };
}

const valueOf = (value: string | Uint8Array) =>
  value instanceof Uint8Array ? { valueBase64: base64(value) } : { value };

const contentOf = (content: string | Uint8Array) =>
  content instanceof Uint8Array ? { contentBase64: base64(content) } : { content };

const fileOf = (file: FileContent) =>
  typeof file === 'string' || file instanceof Uint8Array
    ? contentOf(file)
    : { ...contentOf(file.content), mode: file.mode };

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
