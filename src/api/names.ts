/** The names by which Penstock marks objects: `penstock.dev/*` labels and annotations are reserved to the operator. */
export const group = 'penstock.dev';
export const version = 'v1alpha1';

/** Of the annotations by which users tell simulated nodes how a pod behaves. */
export const simulationGroup = `sim.${group}`;

/** What the mark of an eviction request is called where a right is to set that one alone. */
export const evictionMark = 'eviction-request';

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

/** Annotations of a Deployment: by how many a migration has changed its size. After the prefix its uid. */
export const scaledPrefix = 'migration.penstock.dev/';
/** Of a pod: of replicas that are too many, Kubernetes deletes those of the least cost first. */
export const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** How a node is marked that the rebalancer empties, or has emptied. */
export const stoppable = {
  /** Label of a node that can be stopped: `true`. */
  label: 'penstock.dev/stoppable',
  /** Taint, `PreferNoSchedule`, of a node that is being emptied or can be stopped: pods go there only when they fit nowhere else. */
  taint: 'penstock.dev/stoppable',
  /** Annotation: a condition, as they stand in the status of objects. Its type is `Stoppable`. */
  condition: 'penstock.dev/stoppable-condition',
} as const;

/** How a Deployment, and the template of its pods, opt in to a pool: users write these, nobody else's marks. */
export const optIn = {
  /** Annotation of a Deployment: the pool that its new replicas come from. Kubernetes copies it to the ReplicaSets. */
  pool: 'penstock.dev/pool',
  /** Annotation of a pod template: `true` makes its pods wait until it is known whether the stock has one for them. */
  gate: 'penstock.dev/gate',
} as const;

/** The scheduling gate of such pods. */
export const stockGate = 'penstock.dev/stock';

export const states = {
  /** On its way into stock: its line has more stages for it than its start. */
  producing: 'producing',
  stocked: 'stocked',
  delivered: 'delivered',
  /** Came back from a claim; what that left behind is being removed. */
  returned: 'returned',
  /** In stock again, but only for the tenant that it has served. Apart from `stocked`, so that no stale view confuses the two. */
  kept: 'kept',
  /** Failed in a stage and is kept aside, to be looked at: nobody gets it. */
  quarantined: 'quarantined',
  /** Was let go when Penstock was uninstalled: nobody's any more, and no operator will touch it. */
  released: 'released',
} as const;

export const annotations = {
  claimUid: 'penstock.dev/claim-uid',
  /** The container's number within its claim, from 0: with the claim's uid it says which promise this pod fulfils. */
  index: 'penstock.dev/index',
  /** The name of the claim's item, or its place in `items` where it has none. */
  item: 'penstock.dev/item',
  /** The lease term of the operator that handed the pod over: of two pods with one index, the later term's stays. */
  term: 'penstock.dev/lease-term',
  /** The size that the item's shape stood for when the container was handed over, a JSON object. */
  size: 'penstock.dev/size',
  /** How often the work that the container was delivered for had failed in others before it; absent: never. */
  failures: 'penstock.dev/failures',
  /** How often its main container had restarted when it was handed over; absent: never. */
  restarts: 'penstock.dev/restarts',
  tenant: 'penstock.dev/tenant',
  /** When the pod was handed over (RFC 3339, microseconds). */
  deliveredAt: 'penstock.dev/delivered-at',
  /** When its kubelet was told once more to look at it, where its program did not become ready (RFC 3339, microseconds). */
  remindedAt: 'penstock.dev/reminded-at',
  /** How it was come by, one of `origins`. */
  origin: 'penstock.dev/origin',
  /** The item's environment, a JSON object; shows in the container as the file `env.json`. */
  env: 'penstock.dev/env',
  /** On a container in stock that was made for a Deployment: the ReplicaSet whose template it was made from. */
  replicaSet: 'penstock.dev/replica-set',
  /** What the latch acts on: the delivery, in its own format; shows in the container as a file. */
  latch: 'penstock.dev/latch',
  /** On a pod of the line: the name of its main container, as its template had it. */
  mainContainer: 'penstock.dev/main-container',
  /** On a pod whose main container has a latch: its mode. */
  latchMode: 'penstock.dev/latch-mode',
  /** On a pod that may serve its tenant again: `SameTenant`. */
  reuse: 'penstock.dev/reuse',
  /** When the pod came back from its last claim (RFC 3339, microseconds). */
  returnedAt: 'penstock.dev/returned-at',
  /** The id of its main container when it came back: another one means that it has restarted since. */
  returnedContainer: 'penstock.dev/returned-container',
  /** The version of the production line that the container goes by; absent: the built-in one. */
  line: 'penstock.dev/line',
  /** The stages that are done once per container and are done, by name, with commas between. */
  passed: 'penstock.dev/passed-stages',
  /** The stages that were given up without harm to the container: a JSON object, name to reason. */
  failed: 'penstock.dev/failed-stages',
  /** When the container came into stock, where it was made by more stages than its start (RFC 3339, microseconds). */
  stockedAt: 'penstock.dev/stocked-at',
  /** When the container was put aside (RFC 3339, microseconds), and why. */
  quarantinedAt: 'penstock.dev/quarantined-at',
  quarantineReason: 'penstock.dev/quarantine-reason',
  /** The id that the main container had before its image was changed for its claim: another one runs with the new image. */
  replacedContainer: 'penstock.dev/replaced-container',
  /** On a pod that was moved: the uid of the migration that did it last. */
  migration: 'penstock.dev/migration',
  /** The same: the number that it had within the claim that it came from. */
  migratedIndex: 'penstock.dev/migrated-index',
  /** On a claim: the numbers that it has given away and does not fill again, a JSON object from migration to numbers. */
  released: 'penstock.dev/released',
  /** On a pod that is to go: who asks for it, why, and where its replacement is to be (`EvictionRequest`), a JSON object. */
  evictionRequest: 'penstock.dev/eviction-request',
  /** On a delivered pod that was put in the place of one that is asked to go: the uid of that one. */
  replaces: 'penstock.dev/replaces',
  safeToEvict: 'cluster-autoscaler.kubernetes.io/safe-to-evict',
} as const;

/** What keeps an object until the operator has done its part. */
export const finalizers = {
  /** On a claim: its containers go back to their pool before it goes. */
  takeBack: 'penstock.dev/take-back',
} as const;

export const origins = {
  /** Was in stock when the claim came. */
  stock: 'stock',
  /** Came into stock while the claim waited. */
  waited: 'waited',
  /** Was made for the claim. */
  cold: 'cold',
  /** Came from another workload. */
  migrated: 'migrated',
} as const;

const filePrefix = 'file.penstock.dev/';

/** The annotation that carries one of an item's files: the downward API shows it in the container under its name. */
export const fileAnnotation = (file: string): string => `${filePrefix}${file}`;
export const isFileAnnotation = (key: string): boolean => key.startsWith(filePrefix);
