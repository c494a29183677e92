import type { Node } from '../../../api/kubernetes.js';
import type { Key } from '../../../api/meta/resource.js';
import type { Credentials } from '../../../cluster/kubernetes/index.js';
import { isDistrust } from '../../../cluster/kubernetes/trust.js';
import type { HttpAnswer, HttpClient } from '../../../runtime/index.js';
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Clock } from '../../../support/clock.js';
import { messageOf } from '../../../support/errors.js';
import { type Duration, type Instant, second } from '../../../support/time.js';
import { concurrently } from '../concurrently.js';
import { measuredAt } from '../instants.js';
import type { UseReport, UseSource } from '../use-source.js';
import { type AddressType, defaultAddressTypes, kubeletUrl } from './address.js';
import { diskCounter } from './disk-counter.js';
import { firstSpan, type NodeFigures, pressureBetween, useBetween } from './rates.js';
import { type Counter, type Figures, parseSummary, type Summary } from './summary.js';

export interface KubeletSourceOptions {
  /** One that keeps its connections. */
  readonly http: HttpClient;
  readonly clock: Clock;
  /**
   * As whom kubelets are asked. Each of them sees it: let it be somebody who may do nothing but what `kubeletRights` has, never the
   * operator.
   */
  readonly credentials: Credentials;
  /** Certificates, PEM, of those who may have signed kubelets' serving certificates. */
  readonly ca?: string | undefined;
  /** For kubelets with certificates of their own making. Whoever can answer at a node's address then gets the credentials. */
  readonly insecureSkipTLSVerify?: boolean;
  readonly addressTypes?: readonly AddressType[];
  /** Of one node. Default 5 s. */
  readonly timeout?: Duration;
  /** Kubelets that are asked at once. Default 32. */
  readonly concurrency?: number;
  /** The most bytes of an answer. Default 4 MiB: a summary has some 3 KiB for each pod. */
  readonly limit?: number;
  /**
   * From where the bytes of disks are read: the summary has none. `cadvisor`: from the kubelet's second document, `/metrics/cadvisor`,
   * which is large and needs `kubeletDiskRights`. Default: from nowhere.
   */
  readonly disk?: 'cadvisor' | 'none';
}

/** What was read of a node last: `uid` tells a node from a later one of its name. */
interface Known {
  readonly uid: string;
  readonly node: NodeFigures;
  readonly pods: ReadonlyMap<Key, Figures>;
}

type Ask = (url: string) => Promise<HttpAnswer>;

/**
 * The kubelets themselves, at `/stats/summary`, without the API server between: cpu, memory, network, ephemeral-storage, pressure
 * where the kubelet has it (KubeletPSI, on by default since 1.34, with version 2 of cgroups), and, if wanted, disk.
 */
export class KubeletSource implements UseSource {
  readonly name = 'kubelet';
  readonly #known = new Map<string, Known>();
  /** When a node failed last, if it has not answered since. */
  readonly #failedAt = new Map<string, Instant>();

  constructor(private readonly options: KubeletSourceOptions) {}

  async read(nodes: readonly Node[], report: UseReport, signal: AbortSignal): Promise<void> {
    const { credentials, concurrency = 32 } = this.options;
    this.#forgetOthers(nodes);
    const identity = await credentials.current();
    const { http, ca, insecureSkipTLSVerify, timeout = 5 * second, limit = 4 * 2 ** 20 } = this.options;
    const { headers, tls } = identity;
    const { cert, key } = tls;
    let refused = false;
    const ask: Ask = async (url) => {
      const call = { method: 'GET', url, headers, ca, cert, key, insecureSkipTLSVerify, timeout, limit } as const;
      const answer = await http.send({ ...call, signal });
      refused ||= answer.code === 401;
      return answer;
    };
    await concurrently(this.#inOrder(nodes), concurrency, async (node) => {
      if (!signal.aborted) await this.#readNode(node, ask, report, signal);
    });
    if (refused) await credentials.renew(identity);
  }

  async #readNode(node: Node, ask: Ask, report: UseReport, signal: AbortSignal): Promise<void> {
    const { name } = node.metadata;
    const { addressTypes = defaultAddressTypes, disk = 'none', clock } = this.options;
    try {
      const url = kubeletUrl(node, addressTypes);
      if (url === undefined) throw new Error(`the node has no address of type ${addressTypes.join(', ')}`);
      const summary = parseSummary(bodyOf(await ask(`${url}/stats/summary`)));
      if (typeof summary === 'string') throw new Error(summary);
      if (summary.nodeName !== name)
        throw new Error(`the kubelet at ${url} is that of another node: ${summary.nodeName.slice(0, 100)}`);
      this.#failedAt.delete(name);
      const diskProblems: string[] = [];
      const ofDisk = disk === 'none' ? undefined : await readDisk(url, ask, (why) => diskProblems.push(why));
      this.#take(node, summary, ofDisk, report);
      // after the sample: the rest of the node is known all the same
      for (const why of diskProblems) report.failure(name, `disk: ${why}`);
    } catch (error) {
      this.#failedAt.set(name, clock.now());
      if (!signal.aborted) report.failure(name, explained(error));
    }
  }

  /**
   * Those that failed come last, the one that has not been tried for longest before the others: when time is up, many that do not
   * answer have not kept those that do from being read.
   */
  #inOrder(nodes: readonly Node[]): readonly Node[] {
    const failedAt = ({ metadata }: Node) => this.#failedAt.get(metadata.name) ?? 0;
    return this.#failedAt.size === 0 ? nodes : nodes.toSorted((a, b) => failedAt(a) - failedAt(b));
  }

  #take(node: Node, { node: figures, pods }: Summary, disk: Counter | undefined, report: UseReport): void {
    const { name, uid } = node.metadata;
    const known = this.#known.get(name);
    const before = known?.uid === uid ? known : undefined;
    const after: NodeFigures = disk ? { ...figures, disk } : figures;
    // a clock that was set back: what was read before says nothing
    if (before && after.at === before.node.at) return;
    this.#known.set(name, { uid, node: after, pods });
    const to = measuredAt(after.at, this.options.clock.now());
    const since = before && after.at > before.node.at ? before : undefined;
    const uses = new Map<Key, Amounts>();
    for (const [key, ofPod] of pods) uses.set(key, useBetween(since?.pods.get(key), ofPod));
    report.sample({
      node: name,
      from: to - (since ? after.at - since.node.at : firstSpan),
      to,
      use: useBetween(since?.node, after),
      pressure: pressureBetween(since?.node, after),
      pods: uses,
    });
  }

  #forgetOthers(nodes: readonly Node[]): void {
    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const map of [this.#known, this.#failedAt])
      for (const name of map.keys()) if (!names.has(name)) map.delete(name);
  }
}

async function readDisk(url: string, ask: Ask, fail: (why: string) => void): Promise<Counter | undefined> {
  try {
    return diskCounter(bodyOf(await ask(`${url}/metrics/cadvisor`)));
  } catch (error) {
    fail(explained(error));
    return undefined;
  }
}

const hints: Readonly<Record<number, string>> = {
  401: 'it does not know who asks',
  403: 'who asks lacks the right to get nodes/stats or nodes/metrics',
};

function bodyOf({ code, body }: HttpAnswer): string {
  if (code === 200) return body;
  const hint = hints[code] ?? body.trim().slice(0, 200);
  throw new Error(`the kubelet answered ${code}${hint && `: ${hint}`}`);
}

const explained = (error: unknown): string =>
  isDistrust(error)
    ? `the kubelet's certificate is of an authority that is not trusted (${messageOf(error)}): name the one that signs them, or skip the verification`
    : messageOf(error);
