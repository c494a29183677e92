/** The names by which Penstock marks objects: `penstock.dev/*` labels and annotations are reserved to the operator. */
export const group = 'penstock.dev';
export const version = 'v1alpha1';

export const labels = {
  /** On a pod: the pool that made it. */
  pool: 'penstock.dev/pool',
  /** On a pod: where it stands, one of `states`. */
  state: 'penstock.dev/state',
  /** On a pod: the claim that it was delivered to. */
  claim: 'penstock.dev/claim',
  /** On a pod: the fingerprint of the pool's template that it was made from. */
  template: 'penstock.dev/template',
} as const;

export const states = {
  stocked: 'stocked',
  delivered: 'delivered',
} as const;

export const annotations = {
  claimUid: 'penstock.dev/claim-uid',
  /** The container's number within its claim, from 0: with the claim's uid it says which promise this pod fulfils. */
  index: 'penstock.dev/index',
  /** The name of the claim's item, or its place in `items` where it has none. */
  item: 'penstock.dev/item',
  /** The lease term of the operator that handed the pod over: of two pods with one index, the later term's stays. */
  term: 'penstock.dev/lease-term',
  tenant: 'penstock.dev/tenant',
  /** When the pod was handed over (RFC 3339, microseconds). */
  deliveredAt: 'penstock.dev/delivered-at',
  /** How it was come by, one of `origins`. */
  origin: 'penstock.dev/origin',
  /** The item's environment, a JSON object; shows in the container as the file `env.json`. */
  env: 'penstock.dev/env',
  safeToEvict: 'cluster-autoscaler.kubernetes.io/safe-to-evict',
} as const;

export const origins = {
  /** Was in stock when the claim came. */
  stock: 'stock',
  /** Came into stock while the claim waited. */
  waited: 'waited',
  /** Was made for the claim. */
  cold: 'cold',
} as const;

/** The annotation that carries one of an item's files: the downward API shows it in the container under its name. */
export const fileAnnotation = (file: string): string => `file.penstock.dev/${file}`;
