/** What `/stats/summary` of a kubelet says (`Summary` of k8s.io/kubelet/pkg/apis/stats/v1alpha1). */
import { type Key, keyOf } from '../../../api/meta/resource.js';
import { type Instant, instantOf } from '../../../support/time.js';
import { countIn, type Json, objectIn, objectsIn, parseObject, textIn } from '../json.js';

/** A counter as it stood at an instant of the node's clock. */
export interface Counter {
  readonly at: Instant;
  readonly total: number;
}

/** A pressure: the counter of the time stalled, in nanoseconds, and the share of the last ten seconds. */
export interface Stall extends Counter {
  readonly share: number;
}

/** What a node, or a pod, has used. */
export interface Figures {
  /** When its cpu was looked at, else its memory, by the node's clock. */
  readonly at: Instant;
  /** Core-nanoseconds. */
  readonly cpu?: Counter | undefined;
  /** Thousandths of a core over a span of the kubelet's choice, some ten seconds. */
  readonly cpuNow?: number | undefined;
  /** The working set, bytes. */
  readonly memory?: number | undefined;
  /** Bytes on the file system of the node, or in writable layers, logs and emptyDir volumes of the pod. */
  readonly storage?: number | undefined;
  /** Bytes in and out. */
  readonly network?: Counter | undefined;
  readonly stalls: Readonly<Partial<Record<'cpu' | 'memory' | 'io', Stall>>>;
}

export interface Summary {
  readonly nodeName: string;
  readonly node: Figures;
  readonly pods: ReadonlyMap<Key, Figures>;
}

/** No node has more: of what a kubelet says beyond, nothing is kept. */
const mostPods = 5000;

/** What the summary says, as far as it can be. Returns a sentence when it says nothing of the node. */
export function parseSummary(text: string): Summary | string {
  const summary = parseObject(text);
  if (!summary) return 'the answer is not a summary: it is no JSON object';
  const node = objectIn(summary, 'node');
  const nodeName = textIn(node, 'nodeName');
  if (nodeName === undefined) return 'the answer is not a summary: it names no node';
  const figures = figuresOf(node, 'fs');
  if (!figures) return 'the summary has neither cpu nor memory of the node';
  const pods = new Map<Key, Figures>();
  for (const pod of objectsIn(summary, 'pods').slice(0, mostPods)) {
    const ref = objectIn(pod, 'podRef');
    const [name, namespace] = [textIn(ref, 'name'), textIn(ref, 'namespace')];
    const ofPod = name && namespace && figuresOf(pod, 'ephemeral-storage');
    if (ofPod) pods.set(keyOf({ namespace, name }), ofPod);
  }
  return { nodeName, node: figures, pods };
}

function figuresOf(stats: Json, storage: 'fs' | 'ephemeral-storage'): Figures | undefined {
  const [cpu, memory, io, network] = ['cpu', 'memory', 'io', 'network'].map((field) => objectIn(stats, field));
  if (!cpu || !memory || !io || !network) return undefined;
  const at = timeOf(cpu) ?? timeOf(memory);
  if (at === undefined) return undefined;
  const nanoCores = countIn(cpu, 'usageNanoCores');
  return {
    at,
    cpu: counterOf(cpu, countIn(cpu, 'usageCoreNanoSeconds')),
    cpuNow: nanoCores === undefined ? undefined : nanoCores / 1e6,
    memory: countIn(memory, 'workingSetBytes'),
    storage: countIn(objectIn(stats, storage), 'usedBytes'),
    network: counterOf(network, networkBytes(network)),
    stalls: stallsOf({ cpu, memory, io }),
  };
}

const timeOf = (stats: Json): Instant | undefined => instantOf(textIn(stats, 'time'));

function counterOf(stats: Json, total: number | undefined): Counter | undefined {
  const at = timeOf(stats);
  return at === undefined || total === undefined ? undefined : { at, total };
}

/**
 * Interfaces that carry what others carry already: bridges, tunnels and the nodes' ends of pods. The kubelet itself leaves out
 * `lo`, `veth*` and `docker*`.
 */
const inner =
  /^(lo|veth|docker|nerdctl|br-|bridge|virbr|cni|cali|vxlan|geneve|flannel|cilium|lxc|weave|tunl|ipip|wg|wireguard|kube-|nodelocaldns|dummy|ovs|antrea|gw|tap|tun|ifb)/;

/** The kubelet names the interface `eth0` when there is one (its pods have it); else all that lead out of the node count. */
function networkBytes(network: Json): number | undefined {
  const own = bytesOf(network);
  if (own !== undefined) return own;
  const outer = objectsIn(network, 'interfaces').filter((one) => !inner.test(textIn(one, 'name') ?? 'lo'));
  let total: number | undefined;
  for (const one of outer) total = (total ?? 0) + (bytesOf(one) ?? 0);
  return total;
}

function bytesOf(counters: Json): number | undefined {
  const [received, sent] = [countIn(counters, 'rxBytes'), countIn(counters, 'txBytes')];
  return received === undefined || sent === undefined ? undefined : received + sent;
}

function stallsOf(stats: Readonly<Record<'cpu' | 'memory' | 'io', Json>>): Figures['stalls'] {
  const stalls: Partial<Record<'cpu' | 'memory' | 'io', Stall>> = {};
  for (const name of ['cpu', 'memory', 'io'] as const) {
    const some = objectIn(objectIn(stats[name], 'psi'), 'some');
    const counter = counterOf(stats[name], countIn(some, 'total'));
    if (counter) stalls[name] = { ...counter, share: Math.min(1, (countIn(some, 'avg10') ?? 0) / 100) };
  }
  return stalls;
}
