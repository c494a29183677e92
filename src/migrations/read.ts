import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool, isTemplated, type TemplatedPool } from '../api/container-pool.js';
import { ProductionLine } from '../api/production-line.js';
import type { Workload } from '../api/container-migration.js';
import { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import { controllerOf, type Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import { labels, states } from '../api/names.js';
import { fitClaim, fitServed, isFinished, isSelected, isServed, lifetimeOf, readLedger } from '../claims/index.js';
import type { CallOptions, Cluster } from '../cluster/cluster.js';
import { NotFound } from '../cluster/errors.js';
import { hasScrub, isDeliverable, isHindrance, isOver, isTerminating, revisionOf, templateFor } from '../line/index.js';
import { type Instant, instantOf } from '../support/time.js';
import type { Absent, ClaimEnd, DeploymentEnd, End, PoolEnd } from './workloads.js';

/**
 * Reads one end of a migration from the server, not from a cache: a migration is rare, its caller may be a command, and a Deployment
 * of others is not in the operator's cache.
 */
export class EndReader {
  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
    private readonly options: CallOptions = {},
    /** Whether the container is to go and could not be deleted: such a one goes nowhere else. */
    private readonly isRefused: (pod: Pod) => boolean = () => false,
    /** Whether it stands on a node whose pods have to go: it is not stock. */
    private readonly isLeaving: (pod: Pod) => boolean = () => false,
  ) {}

  read({ kind, name }: Workload, now: Instant): Promise<End | Absent> {
    if (kind === 'ContainerPool') return this.#pool(name);
    if (kind === 'ContainerClaim') return this.#claim(name, now);
    if (kind === 'Deployment') return this.#deployment(name);
    return Promise.resolve({ kind: 'absent', reason: 'Refused', message: `a ${kind} cannot take part` });
  }

  async #pool(name: string): Promise<PoolEnd | Absent> {
    const pool = await this.#get(ContainerPool, name);
    if (!pool) return notFound(`pool ${name}`, this.namespace);
    const templated = await this.#templated(pool);
    if ('message' in templated) return templated;
    const stock = await this.#pods(`${labels.pool}=${name},${labels.state}=${states.stocked}`);
    const cleans = await this.#cleans(pool);
    return {
      kind: 'ContainerPool',
      pool: templated,
      stock: stock.filter((pod) => isDeliverable(pod) && !this.isRefused(pod) && !this.isLeaving(pod)),
      cleans,
    };
  }

  async #cleans({ spec: { line } }: ContainerPool): Promise<boolean> {
    const found = line && (await this.#get(ProductionLine, line.name));
    return hasScrub(found?.status?.accepted?.[0]?.spec);
  }

  async #templated(pool: ContainerPool): Promise<TemplatedPool | Absent> {
    if (isTemplated(pool)) return pool;
    const name = pool.spec.fromDeployment?.name ?? '';
    const deployment = await this.#get(Deployment, name);
    const found = templateFor(pool, deployment, deployment ? await this.#replicaSetsOf(deployment) : []);
    return isHindrance(found) ? { kind: 'absent', reason: 'NotReady', message: found.message } : found;
  }

  async #claim(name: string, now: Instant): Promise<ClaimEnd | Absent> {
    const claim = await this.#get(ContainerClaim, name);
    if (!claim) return notFound(`claim ${name}`, this.namespace);
    if (isFinished(claim)) return { kind: 'absent', reason: 'NotReady', message: `claim ${name} has ended` };
    const pods = await this.#pods(`${labels.claim}=${name}`);
    const ledger = readLedger(claim, pods, now, this.isRefused);
    const { held, succeeded } = ledger;
    // a migration may also bring what the claim has given up
    const missing = [...ledger.missing, ...ledger.forgone];
    const { items } = await this.cluster.list(ContainerPool, { namespace: this.namespace }, this.options);
    const { pool: wanted } = claim.spec;
    const offered = items
      .filter((pool) =>
        wanted.selector ? isSelected(pool, wanted.selector.matchLabels) : pool.metadata.name === wanted.name,
      )
      .map((pool) => ({ pool }));
    const fit = isServed(claim) ? fitServed(claim, offered) : fitClaim(claim, offered);
    const pools = [...fit.pools.values()];
    const lifetime = lifetimeOf(claim, pools);
    const expiresAt = instantOf(claim.status?.expiresAt) ?? (lifetime === undefined ? undefined : now + lifetime);
    const done = new Set(succeeded.map(({ slot }) => slot.index));
    return { kind: 'ContainerClaim', claim, held, done, missing, pools, expiresAt };
  }

  async #deployment(name: string): Promise<DeploymentEnd | Absent> {
    const deployment = await this.#get(Deployment, name);
    if (!deployment) return notFound(`Deployment ${name}`, this.namespace);
    const sets = await this.#replicaSetsOf(deployment);
    const [replicaSet, ...older] = sets.toSorted((a, b) => revisionOf(b) - revisionOf(a));
    const rolling = older.some(({ spec }) => (spec?.replicas ?? 0) > 0);
    if (!replicaSet || rolling || revisionOf(replicaSet) !== revisionOf(deployment))
      return {
        kind: 'absent',
        reason: 'NotReady',
        message: `Deployment ${name} is being rolled out: wait until it is`,
      };
    const { uid } = replicaSet.metadata;
    const all = await this.#pods(selectorOf(replicaSet));
    const pods = all.filter((pod) => controllerOf(pod)?.uid === uid && !isTerminating(pod) && !isOver(pod));
    return { kind: 'Deployment', deployment, replicaSet, pods };
  }

  async #replicaSetsOf({ metadata: { uid }, spec }: Deployment): Promise<readonly ReplicaSet[]> {
    const query = { namespace: this.namespace, labels: selectorText(spec?.selector.matchLabels) };
    const { items } = await this.cluster.list(ReplicaSet, query, this.options);
    return items.filter((set) => controllerOf(set)?.uid === uid);
  }

  /** One that is being deleted is as good as gone. */
  async #get<T extends Resource>(of: Kind<T>, name: string): Promise<T | undefined> {
    try {
      const found = await this.cluster.get(of, { namespace: this.namespace, name }, this.options);
      return found.metadata.deletionTimestamp === undefined ? found : undefined;
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  async #pods(selector: string): Promise<readonly Pod[]> {
    return (await this.cluster.list(Pod, { namespace: this.namespace, labels: selector }, this.options)).items;
  }
}

const selectorOf = ({ spec }: ReplicaSet): string => selectorText(spec?.selector.matchLabels);

/** By the plain part of a selector: what else it says is looked at by the owner of what is found. */
const selectorText = (wanted: Readonly<Record<string, string>> = {}): string =>
  Object.entries(wanted)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

const notFound = (what: string, namespace: string): Absent => ({
  kind: 'absent',
  reason: 'NotFound',
  message: `there is no ${what} in namespace ${namespace}; containers never change their namespace`,
});
