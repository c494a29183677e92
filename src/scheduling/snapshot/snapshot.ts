import type { Node } from '../../api/kubernetes.js';
import type { Labels } from '../pod-shape.js';
import type { Amounts } from '../resources/amounts.js';
import { type DefaultSelector, noDefaultSelector } from '../topology-spread/default-selector.js';
import { noVolumes, type VolumeView } from '../volumes/volume-view.js';
import { ChangeLog } from './change-log.js';
import { clearRow, createColumn, type ResourceColumn, resizeColumn } from './columns.js';
import { Domains, type TopologyDomains } from './domains.js';
import { nodeCapacity } from './node-capacity.js';
import type { NodeInfo, NodeUse, PodInfo } from './node-info.js';
import { missingShare } from './node-use.js';
import { PodGroups } from './pod-groups.js';

/** The columns that are always there, in this order. */
export const basicResources = ['cpu', 'memory', 'ephemeral-storage', 'pods'] as const;

const leastRows = 16;
/** So many changes are remembered for those that bring up to date what they computed from all rows. */
const longestLog = 65_536;

/**
 * What all nodes have, promise and use, as numbers in arrays: a row for each node, a column for each resource. It is changed in
 * place as nodes and pods change, and copied for what-if. Rows of nodes that are gone are given to new ones: `present` says
 * which rows count.
 */
export class Snapshot {
  #rows = 0;
  #present = new Uint8Array(leastRows);
  #columns: ResourceColumn[] = basicResources.map((name) => createColumn(name, leastRows));
  #columnIndex = new Map<string, number>(basicResources.map((name, index) => [name, index]));
  #infos: (NodeInfo | undefined)[] = [];
  #rowOf = new Map<string, number>();
  #free: number[] = [];
  #uses: (NodeUse | undefined)[] = [];
  #groups = new PodGroups();
  #domains = new Domains();
  /** How many pods of a row have ports of their host. */
  #portRows = new Map<number, number>();
  #nominated = new Map<string, readonly PodInfo[]>();
  #namespaces: ReadonlyMap<string, Labels> = new Map();
  #volumes: VolumeView = noVolumes;
  #defaultSelector = noDefaultSelector;
  #changes = new ChangeLog(longestLog);
  #nodeChanges = new ChangeLog(longestLog);

  /** For what-if: neither sees what happens to the other. */
  copy(): Snapshot {
    const copy = new Snapshot();
    copy.#rows = this.#rows;
    copy.#present = this.#present.slice();
    copy.#columns = this.#columns.map((column) => resizeColumn(column, column.capacity.length));
    copy.#columnIndex = new Map(this.#columnIndex);
    copy.#infos = [...this.#infos];
    copy.#rowOf = new Map(this.#rowOf);
    copy.#free = [...this.#free];
    copy.#uses = [...this.#uses];
    copy.#groups = this.#groups.copy();
    copy.#domains = this.#domains.copy();
    copy.#portRows = new Map(this.#portRows);
    copy.#nominated = new Map(this.#nominated);
    copy.#namespaces = this.#namespaces;
    copy.#volumes = this.#volumes;
    copy.#defaultSelector = this.#defaultSelector;
    copy.#changes = this.#changes.copy();
    copy.#nodeChanges = this.#nodeChanges.copy();
    return copy;
  }

  /** Any change of a row. */
  get changes(): ChangeLog {
    return this.#changes;
  }

  /** Changes of what stands in the node itself: labels, taints, whether it takes pods, what it has. */
  get nodeChanges(): ChangeLog {
    return this.#nodeChanges;
  }

  /** So many rows are in use, holes included: loops go from 0 to here. */
  get rows(): number {
    return this.#rows;
  }

  /** 1 for each row that is a node. Longer than `rows`. */
  get present(): Uint8Array {
    return this.#present;
  }

  /** Number of nodes. */
  get size(): number {
    return this.#rowOf.size;
  }

  get columns(): readonly ResourceColumn[] {
    return this.#columns;
  }

  get groups(): PodGroups {
    return this.#groups;
  }

  get namespaces(): ReadonlyMap<string, Labels> {
    return this.#namespaces;
  }

  get volumes(): VolumeView {
    return this.#volumes;
  }

  get defaultSelector(): DefaultSelector {
    return this.#defaultSelector;
  }

  /** Rows in which some pod has a port of its host. */
  get portRows(): Iterable<number> {
    return this.#portRows.keys();
  }

  column(resource: string): ResourceColumn | undefined {
    const index = this.#columnIndex.get(resource);
    return index === undefined ? undefined : this.#columns[index];
  }

  /** A column that is always there. */
  basicColumn(resource: (typeof basicResources)[number]): ResourceColumn {
    return this.#columns[basicResources.indexOf(resource)]!;
  }

  rowOf(name: string): number | undefined {
    return this.#rowOf.get(name);
  }

  info(row: number): NodeInfo | undefined {
    return this.#infos[row];
  }

  *infos(): IterableIterator<NodeInfo> {
    for (let row = 0; row < this.#rows; row++) {
      const info = this.#infos[row];
      if (info) yield info;
    }
  }

  /** What was measured of the node last. */
  useOf(row: number): NodeUse | undefined {
    return this.#uses[row];
  }

  /** Which rows share a value of a label: for spread and (anti-)affinity. */
  domains(topologyKey: string): TopologyDomains {
    return this.#domains.of(topologyKey, this.#infos, this.#rows);
  }

  /** Amounts in the order of the columns. A resource that no node has gets a column: all lack it. */
  vector(amounts: Amounts): Float64Array {
    for (const name in amounts) this.#ensureColumn(name);
    const vector = new Float64Array(this.#columns.length);
    for (const name in amounts) vector[this.#columnIndex.get(name) ?? 0] = amounts[name] ?? 0;
    return vector;
  }

  setNamespaces(namespaces: ReadonlyMap<string, Labels>): void {
    this.#namespaces = namespaces;
  }

  /** What filters look claims and volumes up in; without it no claim exists. */
  setVolumes(volumes: VolumeView): void {
    this.#volumes = volumes;
  }

  /** What finds the services and workloads of a pod; without it there are none. */
  setDefaultSelector(defaultSelector: DefaultSelector): void {
    this.#defaultSelector = defaultSelector;
  }

  /** A node has come or changed. Pods that are on it stay. */
  setNode(node: Node): number {
    const { name } = node.metadata;
    const known = this.#rowOf.get(name);
    const row = known ?? this.#addRow(name);
    const before = this.#infos[row];
    const info: NodeInfo = { name, node, row, pods: before?.pods ?? [] };
    this.#infos[row] = info;
    const capacity = nodeCapacity(node);
    for (const resource in capacity) this.#ensureColumn(resource);
    for (const column of this.#columns) column.capacity[row] = capacity[column.name] ?? 0;
    if (before?.node.metadata.labels !== node.metadata.labels) this.#domains.clear();
    this.#changes.record(row);
    this.#nodeChanges.record(row);
    return row;
  }

  /** The node is gone, and with it what was on it. */
  removeNode(name: string): readonly PodInfo[] {
    const row = this.#rowOf.get(name);
    const info = row === undefined ? undefined : this.#infos[row];
    if (row === undefined || !info) return [];
    for (const pod of info.pods) this.#groups.add(pod, row, -1);
    this.#rowOf.delete(name);
    this.#infos[row] = undefined;
    this.#uses[row] = undefined;
    this.#present[row] = 0;
    this.#portRows.delete(row);
    this.#free.push(row);
    for (const column of this.#columns) clearRow(column, row);
    this.#domains.clear();
    this.#changes.record(row);
    this.#nodeChanges.record(row);
    return info.pods;
  }

  /** Counts a pod on a node. The caller sees to it that none is counted twice. */
  place(pod: PodInfo, row: number): void {
    const info = this.#infos[row];
    if (!info) return;
    this.#infos[row] = { ...info, pods: [...info.pods, pod] };
    this.#count(pod, row, 1);
  }

  /** Counts it there no more. Returns whether it was there. */
  remove(pod: Pick<PodInfo, 'key'>, row: number): boolean {
    const info = this.#infos[row];
    const found = info?.pods.find(({ key }) => key === pod.key);
    if (!info || !found) return false;
    this.#infos[row] = { ...info, pods: info.pods.filter((one) => one !== found) };
    this.#count(found, row, -1);
    return true;
  }

  /** What was measured of a node; `undefined`: nothing that still counts, so that estimates stand for it. */
  setUse(row: number, use: NodeUse | undefined): void {
    const info = this.#infos[row];
    if (!info) return;
    this.#uses[row] = use;
    for (const name in use?.mean) this.#ensureColumn(name);
    for (const column of this.#columns) {
      const mean = use?.mean[column.name];
      column.measured[row] = mean ?? Number.NaN;
      column.variance[row] = use?.variance?.[column.name] ?? 0;
      column.use[row] =
        mean === undefined || !use ? column.estimated[row]! : mean + unmeasured(info.pods, column.name, use);
    }
    this.#changes.record(row);
  }

  /** Pods that wait for room that is being made for them on a node (`status.nominatedNodeName`), by node name. */
  get nominated(): ReadonlyMap<string, readonly PodInfo[]> {
    return this.#nominated;
  }

  nominate(pod: PodInfo, node: string): void {
    this.withdraw(pod);
    this.#nominated.set(node, [...(this.#nominated.get(node) ?? []), pod]);
  }

  withdraw({ key }: Pick<PodInfo, 'key'>): void {
    for (const [node, pods] of this.#nominated) {
      const left = pods.filter((pod) => pod.key !== key);
      if (left.length === pods.length) continue;
      if (left.length > 0) this.#nominated.set(node, left);
      else this.#nominated.delete(node);
    }
  }

  #count(pod: PodInfo, row: number, sign: 1 | -1): void {
    const { requests, nonZeroRequests, estimate, hostPorts } = pod.shape;
    for (const name in requests) this.#ensureColumn(name);
    for (const name in estimate) this.#ensureColumn(name);
    const use = this.#uses[row];
    const missing = use ? missingShare(pod.since, use) : 1;
    for (const column of this.#columns) {
      const { name } = column;
      const requested = requests[name] ?? 0;
      const expected = estimate[name] ?? 0;
      column.requested[row]! += sign * requested;
      column.nonZeroRequested[row]! += sign * (nonZeroRequests[name] ?? requested);
      column.estimated[row]! += sign * expected;
      column.use[row]! += sign * expected * (Number.isNaN(column.measured[row]!) ? 1 : missing);
    }
    this.#groups.add(pod, row, sign);
    if (hostPorts.length > 0) {
      const left = (this.#portRows.get(row) ?? 0) + sign;
      if (left > 0) this.#portRows.set(row, left);
      else this.#portRows.delete(row);
    }
    this.#changes.record(row);
  }

  #addRow(name: string): number {
    const row = this.#free.pop() ?? this.#rows++;
    if (row >= this.#present.length) this.#grow(2 * this.#present.length);
    this.#rowOf.set(name, row);
    this.#present[row] = 1;
    this.#changes.reset();
    this.#nodeChanges.reset();
    return row;
  }

  #grow(length: number): void {
    const present = new Uint8Array(length);
    present.set(this.#present);
    this.#present = present;
    for (const [index, column] of this.#columns.entries()) this.#columns[index] = resizeColumn(column, length);
  }

  #ensureColumn(name: string): void {
    if (this.#columnIndex.has(name)) return;
    this.#columnIndex.set(name, this.#columns.length);
    this.#columns.push(createColumn(name, this.#present.length));
  }
}

/** What the pods that came since a measurement are expected to add to it. */
function unmeasured(pods: readonly PodInfo[], resource: string, use: NodeUse): number {
  let total = 0;
  for (const { shape, since } of pods) {
    const estimate = shape.estimate[resource];
    if (estimate) total += estimate * missingShare(since, use);
  }
  return total;
}
