/** Where an end-to-end suite works: a namespace of its own on the cluster of KUBECONFIG, with its operators. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { Namespace, Pod, ServiceAccount } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import { nameOf, type Ref, type Resource } from '../../src/api/meta/resource.js';
import { follow } from '../../src/client/index.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { NotFound } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import type { Duration } from '../../src/support/time.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { namespacePrefix } from './environment.js';
import { OperatorProcess } from '../operator-process.js';
import { defaultPatience, pause, tooLate, until } from '../until.js';
import { kubectl } from './kubectl.js';

/** npm runs its commands in the project's folder. */
const program = resolve('dist/cli/main.js');

export class Place {
  readonly clock = new WallClock();
  readonly #operators: OperatorProcess[] = [];

  private constructor(
    readonly cluster: Cluster,
    readonly kubeconfig: string,
    readonly namespace: string,
    private readonly connection: Connection,
  ) {}

  /** Makes a namespace for `suite`, with these labels, and waits until pods can be created there. */
  static async open(suite: string, labels: Readonly<Record<string, string>> = {}): Promise<Place> {
    const kubeconfig = process.env.KUBECONFIG;
    if (!kubeconfig) throw new Error('KUBECONFIG is not set: the end-to-end suites need a cluster');
    const connection = await connect({ kubeconfig }, { clock: new WallClock(), logger: silentLogger });
    const { cluster } = connection;
    const created = await cluster.create(Namespace, {
      metadata: { generateName: `${namespacePrefix}${suite}-`, labels },
    });
    const place = new Place(cluster, kubeconfig, created.metadata.name, connection);
    await place.untilObject(ServiceAccount, 'default', 'to exist', (account) => account !== undefined);
    return place;
  }

  /** Starts `penstock run` for this namespace; several stand by for one another. */
  async operator(...flags: readonly string[]): Promise<OperatorProcess> {
    const { kubeconfig, namespace } = this;
    const operator = await OperatorProcess.start({ program, kubeconfig, namespace, flags });
    this.#operators.push(operator);
    return operator;
  }

  /** The one operator that runs. Throws when there is none, or several. */
  onlyOperator(): OperatorProcess {
    const [operator, ...others] = this.#operators.filter(({ alive }) => alive);
    if (!operator || others.length > 0) throw new Error(`${others.length + (operator ? 1 : 0)} operators run`);
    return operator;
  }

  /** Runs `penstock` in this namespace. Throws with its output unless it exits with 0. */
  penstock(...args: readonly string[]): Promise<string> {
    return this.penstockAt(this.namespace, ...args);
  }

  /** The same with another namespace, such as the operator's own. */
  async penstockAt(namespace: string, ...args: readonly string[]): Promise<string> {
    const line = [program, ...args, '--kubeconfig', this.kubeconfig, '--namespace', namespace];
    const { stdout } = await promisify(execFile)(process.execPath, line);
    return stdout;
  }

  /** Runs kubectl in this namespace. */
  kubectl(...args: readonly string[]): Promise<string> {
    return kubectl('--kubeconfig', this.kubeconfig, '--namespace', this.namespace, ...args);
  }

  /** Runs a shell line in a pod's first container, and returns what it prints. */
  inContainer({ metadata, spec }: Pod, line: string): Promise<string> {
    const container = spec?.containers[0]?.name ?? '';
    return this.kubectl('exec', metadata.name, '--container', container, '--', 'sh', '-c', line);
  }

  /** See `until`; an error is thrown. */
  until<T>(what: string, read: () => Promise<T>, done: (seen: T) => boolean, patience?: Duration): Promise<T> {
    return until(this.clock, { what, read, done, patience });
  }

  /** The same for one object of this namespace, by a watch: `undefined` while it is not there. */
  async untilObject<T extends Resource>(
    kind: Kind<T>,
    name: string,
    what: string,
    done: (object: T | undefined) => boolean,
    patience: Duration = defaultPatience,
  ): Promise<T | undefined> {
    const ref: Ref = { namespace: this.namespace, name };
    const signal = AbortSignal.timeout(patience);
    let seen: T | undefined;
    try {
      for (;;) {
        for await (seen of follow({ cluster: this.cluster, clock: this.clock, signal }, kind, ref)) {
          if (done(seen)) return seen;
        }
        await this.clock.sleep(pause, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      throw tooLate(`${kind.name} ${name} ${what}`, patience, seen);
    }
  }

  /** Waits until no pod of this namespace has these labels. */
  async gone(selector: string): Promise<void> {
    const { cluster, namespace } = this;
    const left = async () => (await cluster.list(Pod, { namespace, labels: selector })).items.length;
    await this.until(`no pod to have ${selector}`, left, (count) => count === 0);
  }

  /** Ends the operators, deletes the namespace, and waits until it is gone. */
  async close(): Promise<void> {
    for (const operator of this.#operators) await operator.stop();
    const { cluster, namespace } = this;
    await this.#dropFinalizers();
    await cluster.remove(Namespace, { name: namespace }, { propagation: 'Background' });
    const gone = () => cluster.get(Namespace, { name: namespace }).catch(unlessGone);
    await this.until(`the end of namespace ${namespace}`, gone, (seen) => seen === undefined);
    this.connection.close();
  }

  /** What claims wait for only their operator can do, and there is none any more. */
  async #dropFinalizers(): Promise<void> {
    const { items } = await this.cluster.list(ContainerClaim, { namespace: this.namespace });
    for (const { metadata } of items) {
      if (!metadata.finalizers?.length) continue;
      const drop = mergePatch({ metadata: { finalizers: null } });
      await this.cluster.patch(ContainerClaim, nameOf({ metadata }), drop).catch(unlessGone);
    }
  }
}

function unlessGone(error: unknown): undefined {
  if (error instanceof NotFound) return undefined;
  throw error;
}
