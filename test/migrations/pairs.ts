/**
 * Every pair of workloads between which containers may be moved, on any cluster: makes both ends, migrates, and tells what came of
 * it. The same for the embedded cluster and for real containers.
 */
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerMigration, type ContainerMigrationSpec, type Workload } from '../../src/api/container-migration.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Deployment, Pod } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { controllerOf } from '../../src/api/meta/kind.js';
import { labels, optIn, states } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { findCondition, isTrue } from '../../src/runtime/index.js';
import { aPool } from '../objects.js';

export type End = 'pool' | 'claim' | 'Deployment';

export interface PlaceOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly image: string;
  readonly command: readonly string[];
  /** Waits until it holds, or throws and says what does not. */
  readonly until: (what: string, holds: () => Promise<boolean>) => Promise<void>;
}

export interface Outcome {
  readonly reason: string;
  readonly message: string;
  readonly moved: number;
  /** Of the containers that were moved: whether each has the id and the restarts that it had, and runs at the other end. */
  readonly kept: boolean;
  /** How many containers each end has when all is quiet. */
  readonly counts: { readonly from: number; readonly to: number };
}

const tenant = 'blue';

export class Place {
  constructor(private readonly options: PlaceOptions) {}

  get #cluster(): Cluster {
    return this.options.cluster;
  }

  template() {
    const { image, command } = this.options;
    const resources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } };
    return {
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: 'main', image, command: [...command], resources, securityContext: { readOnlyRootFilesystem: true } },
        ],
      },
    };
  }

  async pool(name: string, replicas: number, spec: Partial<ContainerPoolSpec> = {}): Promise<void> {
    const metadata = { namespace: this.options.namespace, name };
    await this.#cluster.create(ContainerPool, {
      metadata,
      spec: { ...aPool({ replicas, template: this.template() }).spec, ...spec },
    });
    await this.options.until(
      `${replicas} in stock of ${name}`,
      async () => (await this.stock(name)).length >= replicas,
    );
  }

  /** It is to have so many, and makes none itself. */
  async emptyPool(name: string, replicas: number, spec: Partial<ContainerPoolSpec> = {}): Promise<void> {
    await this.#cluster.create(ContainerPool, {
      metadata: { namespace: this.options.namespace, name },
      spec: {
        ...aPool({ replicas, template: this.template() }).spec,
        refill: { paused: true, maxStarting: 50, startDeadline: '5m' },
        ...spec,
      },
    });
  }

  async supervisedPool(name: string, replicas: number): Promise<void> {
    await this.pool(name, replicas, {
      latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant', image: this.options.image }),
    });
  }

  async claim(name: string, count: number, spec: Partial<ContainerClaimSpec> = {}, wait = true): Promise<void> {
    await this.#cluster.create(ContainerClaim, {
      metadata: { namespace: this.options.namespace, name },
      spec: { pool: { name }, items: [{ count }], whenEmpty: 'Wait', tenant, ...spec },
    });
    if (wait)
      await this.options.until(`claim ${name} to be ready`, async () =>
        isTrue((await this.#claimOf(name)).status?.conditions, 'Ready'),
      );
  }

  async deployment(name: string, replicas: number, from?: 'stock'): Promise<void> {
    const template = this.template();
    await this.#cluster.create(Deployment, {
      metadata: {
        namespace: this.options.namespace,
        name,
        ...(from === undefined ? {} : { annotations: { [optIn.pool]: name } }),
      },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { ...template, metadata: { labels: { app: name } } },
      },
    });
    await this.options.until(
      `${replicas} replicas of ${name}`,
      async () => (await this.replicas(name)).length >= replicas,
    );
  }

  async stock(name: string): Promise<readonly Pod[]> {
    return (await this.#pods(`${labels.pool}=${name},${labels.state} in (${states.stocked},${states.kept})`)).filter(
      runs,
    );
  }

  async held(name: string): Promise<readonly Pod[]> {
    return (await this.#pods(`${labels.claim}=${name}`)).filter(runs);
  }

  async replicas(name: string): Promise<readonly Pod[]> {
    return (await this.#pods(`app=${name}`)).filter((pod) => controllerOf(pod)?.kind === 'ReplicaSet' && runs(pod));
  }

  at({ kind, name }: Workload): Promise<readonly Pod[]> {
    if (kind === 'ContainerPool') return this.stock(name);
    return kind === 'ContainerClaim' ? this.held(name) : this.replicas(name);
  }

  async start(name: string, spec: Pick<ContainerMigrationSpec, 'from' | 'to'> & Partial<ContainerMigrationSpec>) {
    const defaults = { order: 'Oldest', keepSource: false, paused: false, cancelled: false } as const;
    const { tenant: behalf, ...rest } = { tenant, ...spec };
    await this.#cluster.create(ContainerMigration, {
      metadata: { namespace: this.options.namespace, name },
      spec: { ...defaults, ...rest, ...(behalf === undefined ? {} : { tenant: behalf }) },
    });
  }

  migration(name: string): Promise<ContainerMigration> {
    return this.#cluster.get(ContainerMigration, { namespace: this.options.namespace, name });
  }

  /** Migrates, and waits until it has ended or is refused. */
  async migrate(
    name: string,
    spec: Pick<ContainerMigrationSpec, 'from' | 'to'> & Partial<ContainerMigrationSpec>,
  ): Promise<Outcome> {
    const before = new Map((await this.at(spec.from)).map((pod) => [pod.metadata.name, identityOf(pod)]));
    await this.start(name, spec);
    await this.options.until(`migration ${name} to end`, async () => {
      const { status } = await this.migration(name);
      return (
        isTrue(status?.conditions, 'Complete') || findCondition(status?.conditions, 'Compatible')?.status === 'False'
      );
    });
    const { status } = await this.migration(name);
    const complete = findCondition(status?.conditions, 'Complete');
    const there = new Map((await this.at(spec.to)).map((pod) => [pod.metadata.name, identityOf(pod)]));
    const moved = (status?.containers ?? []).map((container) => container.name);
    return {
      reason: complete?.reason ?? '',
      message: complete?.message ?? '',
      moved: status?.moved ?? 0,
      kept: moved.every(
        (container) => there.get(container) !== undefined && there.get(container) === before.get(container),
      ),
      counts: { from: (await this.at(spec.from)).length, to: there.size },
    };
  }

  async #claimOf(name: string): Promise<ContainerClaim> {
    return this.#cluster.get(ContainerClaim, { namespace: this.options.namespace, name });
  }

  async #pods(selector: string): Promise<readonly Pod[]> {
    return (await this.#cluster.list(Pod, { namespace: this.options.namespace, labels: selector })).items;
  }
}

const runs = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');

/** What a restart would change. */
const identityOf = ({ metadata, status }: Pod): string =>
  JSON.stringify([
    metadata.uid,
    ...(status?.containerStatuses ?? []).map(({ containerID, restartCount }) => [containerID, restartCount]),
  ]);

const pool = (name: string): Workload => ({ kind: 'ContainerPool', name });
const claim = (name: string): Workload => ({ kind: 'ContainerClaim', name });
const deployment = (name: string): Workload => ({ kind: 'Deployment', name });

interface Pair {
  readonly from: End;
  readonly to: End;
  /** Makes both ends, with three containers to move, and tells what they are and how many each has when two are moved. */
  prepare(
    place: Place,
    name: string,
  ): Promise<{
    readonly spec: Pick<ContainerMigrationSpec, 'from' | 'to'> & Partial<ContainerMigrationSpec>;
    readonly counts: Outcome['counts'];
  }>;
}

/** Of each, two of three containers go. */
export const pairs: readonly Pair[] = [
  {
    from: 'pool',
    to: 'claim',
    async prepare(place, name) {
      await place.pool(`${name}-a`, 3);
      await place.pool(`${name}-b`, 0);
      await place.claim(`${name}-b`, 2, {}, false);
      return { spec: { from: pool(`${name}-a`), to: claim(`${name}-b`) }, counts: { from: 3, to: 2 } };
    },
  },
  {
    from: 'claim',
    to: 'claim',
    async prepare(place, name) {
      await place.pool(`${name}-a`, 3);
      await place.claim(`${name}-a`, 3);
      await place.pool(`${name}-c`, 0);
      await place.claim(`${name}-b`, 2, { pool: { name: `${name}-c` } }, false);
      return { spec: { from: claim(`${name}-a`), to: claim(`${name}-b`) }, counts: { from: 1, to: 2 } };
    },
  },
  {
    from: 'claim',
    to: 'pool',
    async prepare(place, name) {
      await place.supervisedPool(`${name}-a`, 3);
      await place.claim(`${name}-a`, 3);
      return { spec: { from: claim(`${name}-a`), to: pool(`${name}-a`) }, counts: { from: 1, to: 5 } };
    },
  },
  {
    from: 'pool',
    to: 'pool',
    async prepare(place, name) {
      await place.pool(`${name}-a`, 3);
      await place.emptyPool(`${name}-b`, 2);
      return { spec: { from: pool(`${name}-a`), to: pool(`${name}-b`) }, counts: { from: 3, to: 2 } };
    },
  },
  {
    from: 'pool',
    to: 'Deployment',
    async prepare(place, name) {
      await place.pool(`${name}-a`, 3);
      await place.deployment(`${name}-b`, 1);
      return { spec: { from: pool(`${name}-a`), to: deployment(`${name}-b`) }, counts: { from: 3, to: 3 } };
    },
  },
  {
    from: 'claim',
    to: 'Deployment',
    async prepare(place, name) {
      await place.pool(`${name}-a`, 3);
      await place.claim(`${name}-a`, 3);
      await place.deployment(`${name}-b`, 1);
      return { spec: { from: claim(`${name}-a`), to: deployment(`${name}-b`) }, counts: { from: 1, to: 3 } };
    },
  },
  {
    from: 'Deployment',
    to: 'claim',
    async prepare(place, name) {
      await place.deployment(`${name}-a`, 3);
      await place.pool(`${name}-b`, 0);
      await place.claim(`${name}-b`, 2, {}, false);
      return { spec: { from: deployment(`${name}-a`), to: claim(`${name}-b`) }, counts: { from: 1, to: 2 } };
    },
  },
  {
    from: 'Deployment',
    to: 'pool',
    async prepare(place, name) {
      await place.deployment(`${name}-a`, 3, 'stock');
      await place.emptyPool(`${name}-a`, 2, { template: undefined, fromDeployment: { name: `${name}-a` } });
      return { spec: { from: deployment(`${name}-a`), to: pool(`${name}-a`) }, counts: { from: 1, to: 2 } };
    },
  },
  {
    from: 'Deployment',
    to: 'Deployment',
    async prepare(place, name) {
      await place.deployment(`${name}-a`, 3);
      await place.deployment(`${name}-b`, 1);
      return { spec: { from: deployment(`${name}-a`), to: deployment(`${name}-b`) }, counts: { from: 1, to: 3 } };
    },
  },
];
