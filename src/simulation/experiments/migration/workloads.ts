/** Workloads to migrate between, on any cluster, the embedded one and real ones alike: made, migrated, and looked at. */
import { ContainerClaim, type ContainerClaimSpec } from '../../../api/container-claim.js';
import { ContainerMigration, type ContainerMigrationSpec, type Workload } from '../../../api/container-migration.js';
import { ContainerPool, type ContainerPoolSpec } from '../../../api/container-pool.js';
import { Deployment, Pod } from '../../../api/kubernetes.js';
import { latch, noLatch } from '../../../api/latch.js';
import { renewalWithin } from '../../../api/container-pool-schema.js';
import { defaultAudit } from '../../../api/upkeep.js';
import { controllerOf } from '../../../api/meta/kind.js';
import { labels, optIn, states } from '../../../api/names.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { findCondition, isTrue } from '../../../runtime/index.js';

export type End = 'pool' | 'claim' | 'Deployment';

export interface MigrationWorkloadsOptions {
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

/** Makes the ends of migrations in a namespace, and migrates. */
export class MigrationWorkloads {
  constructor(private readonly options: MigrationWorkloadsOptions) {}

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

  #poolSpec(replicas: number) {
    return {
      replicas,
      template: this.template(),
      refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
      renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 2 }),
      audit: defaultAudit,
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: [] },
      latch: noLatch,
    };
  }

  async pool(name: string, replicas: number, spec: Partial<ContainerPoolSpec> = {}): Promise<void> {
    const metadata = { namespace: this.options.namespace, name };
    await this.#cluster.create(ContainerPool, {
      metadata,
      spec: { ...this.#poolSpec(replicas), ...spec },
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
        ...this.#poolSpec(replicas),
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
