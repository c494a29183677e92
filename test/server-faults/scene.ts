/** A real API server with simulated nodes, a pool, and operators that are processes: everything that can be ended apart. */
import { join } from 'node:path';
import { vi } from 'vitest';
import { ClusterRoleBinding } from '../../src/api/administration.js';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { installCrds } from '../../src/cluster/crds.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { isTrue } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { type Duration, microTimestamp, minute, second } from '../../src/support/time.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { readAudit, type Write } from '../control-plane/audit.js';
import { ControlPlane, type ControlPlaneOptions } from '../control-plane/control-plane.js';
import { Companion } from '../control-plane/process.js';
import { aPool } from '../objects.js';
import { OperatorProcess } from '../operator-process.js';
import { builtProgram } from '../program.js';
import { until } from '../until.js';
import type { Delivered } from './promise.js';

/** A busy machine is slow, not broken. */
vi.setConfig({ testTimeout: 10 * minute, hookTimeout: 10 * minute });

export const namespace = 'default';
/** The user that operators of a scene are; a certificate for it must name it too. */
export const operatorUser = 'operator';
const nodeCount = 12;
/**
 * A status is written a second after the last at the latest, and a kubelet is reminded of a delivery two seconds after it; so
 * long after everything is as it shall be nothing may follow.
 */
const lastWords: Duration = 3.5 * second;
const silence: Duration = 2 * second;

type Settled = Delivered & { readonly later: readonly Write[] };

export class Scene {
  readonly clock = new WallClock();
  readonly #operators: OperatorProcess[] = [];

  private constructor(
    readonly plane: ControlPlane,
    private readonly program: string,
    private admin: Connection,
    private readonly nodes: Companion,
  ) {}

  static async open(options: Omit<ControlPlaneOptions, 'audit' | 'users'> = {}): Promise<Scene> {
    const [program, plane] = await Promise.all([
      builtProgram(),
      ControlPlane.start({ ...options, audit: true, users: [operatorUser] }),
    ]);
    const admin = await connectTo(plane);
    await installCrds(admin.cluster, new WallClock());
    await permit(admin);
    const nodes = simulatedNodes(program, plane);
    nodes.start();
    return new Scene(plane, program, admin, nodes);
  }

  get cluster() {
    return this.admin.cluster;
  }

  /** For when the server's certificate has been replaced. */
  async reconnect(): Promise<void> {
    this.admin.close();
    this.admin = await connectTo(this.plane);
  }

  /** Starts `penstock run`; several stand by for one another. */
  async operator(...flags: readonly string[]): Promise<OperatorProcess> {
    return this.operatorAs(this.plane.kubeconfigOfUser(operatorUser), ...flags);
  }

  async operatorAs(kubeconfig: string, ...flags: readonly string[]): Promise<OperatorProcess> {
    const operator = await OperatorProcess.start({ program: this.program, kubeconfig, namespace, flags });
    this.#operators.push(operator);
    return operator;
  }

  /** Ends the operators and deletes the claims of a test; the next operator clears their containers away. */
  async clear(): Promise<void> {
    const { items } = await this.cluster.list(ContainerClaim, { namespace });
    await Promise.all(items.map((claim) => this.cluster.remove(ContainerClaim, nameOf(claim))));
    await this.#dismiss();
  }

  async #dismiss(): Promise<void> {
    await Promise.all(this.#operators.splice(0).map((operator) => operator.stop()));
  }

  /** Makes a pool; its stock comes with an operator. */
  async pool(name: string, spec: Partial<ContainerPoolSpec>): Promise<void> {
    await this.cluster.create(ContainerPool, { metadata: { namespace, name }, spec: { ...aPool().spec, ...spec } });
  }

  async refill(pool: string, state: 'paused' | 'on'): Promise<void> {
    const patch = mergePatch({ spec: { refill: { paused: state === 'paused' } } });
    await this.cluster.patch(ContainerPool, { namespace, name: pool }, patch);
  }

  async claim(
    name: string,
    spec: Pick<ContainerClaimSpec, 'items' | 'pool'> & Partial<ContainerClaimSpec>,
  ): Promise<ContainerClaim> {
    return this.cluster.create(ContainerClaim, { metadata: { namespace, name }, spec: { whenEmpty: 'Wait', ...spec } });
  }

  /** See `until`; whatever becomes of the server meanwhile. */
  until<T>(what: string, read: () => Promise<T>, done: (seen: T) => boolean, patience?: Duration): Promise<T> {
    return until(this.clock, { what, read, done, patience, bearsErrors: true });
  }

  /** The pool as it is once its stock is full, while claims hold so many of its containers. */
  async full(pool: string, delivered = 0): Promise<ContainerPool> {
    return this.until(
      `a full stock in pool ${pool}, with ${delivered} containers delivered`,
      () => this.cluster.get(ContainerPool, { namespace, name: pool }),
      ({ spec, status }) =>
        status?.ready === spec.replicas && status.replicas === spec.replicas && status.delivered === delivered,
    );
  }

  async ready(claim: string): Promise<ContainerClaim> {
    return this.until(
      `claim ${claim} to be ready`,
      () => this.cluster.get(ContainerClaim, { namespace, name: claim }),
      ({ status }) => isTrue(status?.conditions, 'Ready'),
    );
  }

  /** Resolves as soon as `count` containers of a claim are seen delivered, to the moment. */
  async delivered(claim: string, count: number): Promise<string> {
    const query = { namespace, labels: `${labels.claim}=${claim}` };
    const { items, resourceVersion } = await this.cluster.list(Pod, query);
    const seen = new Set(items.map(({ metadata }) => metadata.uid));
    let since = resourceVersion;
    while (seen.size < count) {
      for await (const event of this.cluster.watch(Pod, { ...query, since })) {
        since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
        if (event.type === 'ADDED' || event.type === 'MODIFIED') seen.add(event.object.metadata.uid);
        if (seen.size >= count) break;
      }
    }
    return this.moment();
  }

  /** Now, as the audit log writes times. */
  moment(): string {
    return microTimestamp(this.clock.now());
  }

  /** The pods that are a claim's, none that is on its way out. */
  async #containersOf({ metadata: { name, uid } }: ContainerClaim): Promise<readonly Pod[]> {
    const { items } = await this.cluster.list(Pod, { namespace, labels: `${labels.claim}=${name}` });
    return items.filter(
      ({ metadata }) =>
        metadata.deletionTimestamp === undefined &&
        metadata.labels?.[labels.state] === states.delivered &&
        metadata.annotations?.[annotations.claimUid] === uid,
    );
  }

  audit(): readonly Write[] {
    return readAudit(this.plane.auditLog);
  }

  /** What operators have written, but for their Lease. */
  written(): readonly Write[] {
    return this.audit().filter(({ user, resource }) => user === operatorUser && resource !== 'leases');
  }

  /** What there is once a claim has what it asked for and its pool is full again; `later`: what is still written then. */
  async settled(name: string, pool: string): Promise<Settled> {
    const claim = await this.ready(name);
    await this.full(pool, claim.status?.desired);
    return this.#settled(claim);
  }

  /** The same for a pool whose refill is paused. */
  async settledWithoutRefill(name: string): Promise<Settled> {
    return this.#settled(await this.ready(name));
  }

  async #settled(claim: ContainerClaim): Promise<Settled> {
    const later = await this.#afterwords();
    return { claim, containers: await this.#containersOf(claim), writes: this.audit(), later };
  }

  /** What operators still write after they had time for their last words: nothing, if they have converged. */
  async #afterwords(): Promise<readonly Write[]> {
    await this.clock.sleep(lastWords);
    const before = this.written().length;
    await this.clock.sleep(silence);
    return this.written().slice(before);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.#dismiss();
    await this.nodes.stop('SIGKILL');
    this.admin.close();
    await this.plane.stop();
  }
}

const connectTo = ({ kubeconfig }: ControlPlane) =>
  connect({ kubeconfig }, { clock: new WallClock(), logger: silentLogger });

/** All rights, but none of the privileges that the server itself gives to the group of administrators. */
async function permit({ cluster }: Connection): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  await cluster.create(ClusterRoleBinding, {
    metadata: { name: operatorUser },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup, kind: 'User', name: operatorUser }],
  });
}

/** A process of their own: what they do must not make the test slow to see. */
function simulatedNodes(program: string, { kubeconfig, auditLog }: ControlPlane): Companion {
  const flags = ['--count', String(nodeCount), '--profile', 'instant', '--no-taint', '--schedule'];
  return new Companion(
    'penstock nodes',
    process.execPath,
    [program, 'nodes', '--kubeconfig', kubeconfig, ...flags],
    join(auditLog, '..', 'nodes.log'),
  );
}
