import type { Node, Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import {
  DisruptionBudgets,
  isTerminal,
  type NodeUse,
  type PodInfo,
  podInfo,
  placedShape,
  type PodShape,
  type PodUse,
  shapeSource,
  Snapshot,
  type VictimGroup,
} from '../../scheduling/index.js';
import { addTo, removeFrom } from '../../support/multimap.js';
import { type Instant, instantOf } from '../../support/time.js';
import { groupKeyOf, noPodGroups, type PodGroups, wholeGroupOf } from '../gang.js';

/** What a change leaves behind for pods that wait. */
export interface RoomChange {
  /** The node on which something was given back; absent: nothing was. */
  readonly freed?: string;
  /** The pod that was there; absent: it was only promised room there. */
  readonly left?: PodInfo;
  /** A pod is on a node now that was not before: others may want to be near it. */
  readonly added?: PodInfo;
}

const nothing: RoomChange = {};
const noBudgets = new DisruptionBudgets([]);

interface Nominated {
  readonly node: string;
  readonly info: PodInfo;
  /** By us, and its status does not say so yet. */
  readonly assumed: boolean;
}

interface Placed {
  readonly node: string;
  readonly info: PodInfo;
  /** Chosen by us, and not yet seen on its node. */
  readonly assumed: boolean;
}

/** What a pod uses, from so many samples: one says nothing of the variance. */
export interface MeasuredUse extends PodUse {
  readonly samples: number;
}

/** Shapes that are remembered, so that equal pods share one. */
const rememberedShapes = 10_000;

/**
 * The cluster as the scheduler sees it: what the informers say, and the pods for which a node was chosen whose binding the
 * informers do not show yet (kube-scheduler's cache with `assume` and `forget`).
 */
export class SchedulerCache {
  readonly snapshot = new Snapshot();
  readonly #pods = new Map<Key, Placed>();
  /** Pods on nodes that are not known (yet), by node. */
  readonly #orphans = new Map<string, Map<Key, PodInfo>>();
  readonly #shapes = new Map<string, PodShape>();
  readonly #shapesBySource = new Map<string, PodShape>();
  /** By group: its pods that are on nodes, about to be, or have done their work there. */
  readonly #members = new Map<string, Set<Key>>();
  readonly #groupOf = new Map<Key, string>();
  /** For which node a pod is nominated. The snapshot has those of them that are not counted there already. */
  readonly #nominated = new Map<Key, Nominated>();

  #podGroups = noPodGroups;
  #budgets: () => DisruptionBudgets = () => noBudgets;
  #podUse: (node: string, pod: Key) => MeasuredUse | undefined = () => undefined;

  /** What says of the groups that pods name whether they are gangs. */
  get podGroups(): PodGroups {
    return this.#podGroups;
  }

  setPodGroups(podGroups: PodGroups): void {
    this.#podGroups = podGroups;
  }

  /** The disruption budgets that there are now. */
  get budgets(): DisruptionBudgets {
    return this.#budgets();
  }

  setBudgets(budgets: () => DisruptionBudgets): void {
    this.#budgets = budgets;
  }

  /** What a pod uses, where that is measured. */
  podUse(key: Key): MeasuredUse | undefined {
    const node = this.nodeOf(key);
    return node === undefined ? undefined : this.#podUse(node, key);
  }

  /** Where that is looked up. */
  setPodUse(podUse: (node: string, pod: Key) => MeasuredUse | undefined): void {
    this.#podUse = podUse;
  }

  get assumedPods(): number {
    let count = 0;
    for (const { assumed } of this.#pods.values()) if (assumed) count++;
    return count;
  }

  /** Returns its row. */
  setNode(node: Node): number {
    const row = this.snapshot.setNode(node);
    const { name } = node.metadata;
    for (const info of this.#orphans.get(name)?.values() ?? []) this.snapshot.place(info, row);
    this.#orphans.delete(name);
    return row;
  }

  /** What was measured of a node; `undefined`: nothing that still counts. */
  setUse(name: string, use: NodeUse | undefined): void {
    const row = this.snapshot.rowOf(name);
    if (row !== undefined) this.snapshot.setUse(row, use);
  }

  removeNode(name: string): void {
    const pods = this.snapshot.removeNode(name);
    if (pods.length > 0) this.#orphans.set(name, new Map(pods.map((info) => [info.key, info])));
  }

  /** The shape of a pod; one object for equal ones. */
  shapeOf(pod: Pod): PodShape {
    const source = shapeSource(pod);
    const known = this.#shapesBySource.get(source);
    if (known) return known;
    const shape = this.#equalTo(placedShape(pod));
    if (this.#shapesBySource.size >= rememberedShapes) this.#shapesBySource.clear();
    this.#shapesBySource.set(source, shape);
    return shape;
  }

  /** A pod as the informers show it. One that is not bound there may be assumed here: that stands. */
  observe(pod: Pod): RoomChange {
    const key = keyOf(nameOf(pod));
    const node = pod.spec?.nodeName;
    const before = this.#pods.get(key);
    if (before && before.info.uid !== pod.metadata.uid) this.#remove(key, before);
    if (!node) return nothing;
    if (isTerminal(pod)) {
      const change = this.remove(key);
      if (pod.status?.phase === 'Succeeded') this.#join(key, groupKeyOf(this.shapeOf(pod)));
      return change;
    }
    const info = podInfo(pod, runsSince(pod), this.shapeOf(pod));
    if (before && before.node === node && sameFacts(before.info, info)) {
      if (!before.assumed) return nothing;
      this.#pods.set(key, { ...before, assumed: false });
      return { added: info };
    }
    if (before) this.#remove(key, before);
    this.#add(key, { node, info, assumed: false });
    if (before && freesSomething(before, info, node)) return { freed: before.node, left: before.info };
    return !before || before.assumed ? { added: info } : nothing;
  }

  /** A pod is gone, or holds nothing any more. */
  remove(key: Key): RoomChange {
    this.#leave(key);
    const before = this.#pods.get(key);
    if (!before) return nothing;
    this.#remove(key, before);
    return { freed: before.node, left: before.info };
  }

  /** Counts a pod where it is about to be bound, and nowhere else. */
  assume(info: PodInfo, node: string): void {
    const before = this.#pods.get(info.key);
    if (before) this.#remove(info.key, before);
    if (this.#nominated.has(info.key)) this.snapshot.withdraw(info);
    this.#add(info.key, { node, info, assumed: true });
  }

  /** It was not bound after all. One that the informers have shown on a node stays there. */
  forget(key: Key, uid: string): RoomChange {
    const change = this.isAssumed(key, uid) ? this.remove(key) : nothing;
    const nominated = this.#nominated.get(key);
    if (nominated?.info.uid === uid) this.snapshot.nominate(nominated.info, nominated.node);
    return change;
  }

  /** Whether a node was chosen for this very pod, and the informers do not show it there yet. */
  isAssumed(key: Key, uid: string): boolean {
    const placed = this.#pods.get(key);
    return placed?.assumed === true && placed.info.uid === uid;
  }

  /** A pod that waits for room on a node that is kept for it (`status.nominatedNodeName`) has that room reserved. */
  nominate(pod: Pod): RoomChange {
    const key = keyOf(nameOf(pod));
    const before = this.#nominated.get(key);
    const isAssumed = before?.assumed === true && before.info.uid === pod.metadata.uid;
    const said = pod.status?.nominatedNodeName;
    // what its status says is older than what it was nominated for here
    const node = isAssumed ? before.node : said;
    if (!node || pod.spec?.nodeName || isTerminal(pod)) return this.withdraw(key);
    return this.#nominate(podInfo(pod, Infinity, this.shapeOf(pod)), node, isAssumed && said !== node);
  }

  /** Nominates a pod for which room is being made, before its status says so. */
  assumeNominated(info: PodInfo, node: string): RoomChange {
    return this.#nominate(info, node, true);
  }

  /** For which node it is nominated, by its status or by us. */
  nominatedNode(key: Key): string | undefined {
    return this.#nominated.get(key)?.node;
  }

  #nominate(info: PodInfo, node: string, assumed: boolean): RoomChange {
    const before = this.#nominated.get(info.key);
    this.#nominated.set(info.key, { node, info, assumed });
    if (this.isAssumed(info.key, info.uid)) return nothing;
    this.snapshot.nominate(info, node);
    return before === undefined || before.node === node ? nothing : { freed: before.node };
  }

  /** It is nominated no more. */
  withdraw(key: Key): RoomChange {
    const before = this.#nominated.get(key);
    if (before === undefined) return nothing;
    this.#nominated.delete(key);
    if (this.isAssumed(key, before.info.uid)) return nothing;
    this.snapshot.withdraw({ key });
    return { freed: before.node };
  }

  /** How many pods of a group have, or had, a node. */
  membersOf(group: string): number {
    return this.#members.get(group)?.size ?? 0;
  }

  /** The group with which a pod can only go as a whole (`disruptionMode: all` of its PodGroup). */
  victimGroupOf({ shape }: Pick<PodInfo, 'shape'>): VictimGroup | undefined {
    const group = wholeGroupOf(shape, this.#podGroups);
    const key = groupKeyOf(shape);
    if (!group || key === undefined) return undefined;
    const pods = [...(this.#members.get(key) ?? [])].flatMap((member) => this.#pods.get(member)?.info ?? []);
    return { key, priority: group.spec.priority ?? Math.max(...pods.map((pod) => pod.shape.priority)), pods };
  }

  /** Whether there is any such group with pods on nodes. */
  get hasVictimGroups(): boolean {
    for (const members of this.#members.values()) {
      const [first] = members;
      const shape = first === undefined ? undefined : this.#pods.get(first)?.info.shape;
      if (shape && wholeGroupOf(shape, this.#podGroups)) return true;
    }
    return false;
  }

  /** Where a pod is, or is about to be. */
  nodeOf(key: Key): string | undefined {
    return this.#pods.get(key)?.node;
  }

  #equalTo(shape: PodShape): PodShape {
    const known = this.#shapes.get(shape.key);
    if (known) return known;
    if (this.#shapes.size >= rememberedShapes) this.#shapes.clear();
    this.#shapes.set(shape.key, shape);
    return shape;
  }

  #join(key: Key, group: string | undefined): void {
    if (group === undefined) return;
    this.#groupOf.set(key, group);
    addTo(this.#members, group, key);
  }

  #leave(key: Key): void {
    const group = this.#groupOf.get(key);
    if (group === undefined) return;
    this.#groupOf.delete(key);
    removeFrom(this.#members, group, key);
  }

  #add(key: Key, placed: Placed): void {
    this.#pods.set(key, placed);
    this.#join(key, groupKeyOf(placed.info.shape));
    const row = this.snapshot.rowOf(placed.node);
    if (row !== undefined) return this.snapshot.place(placed.info, row);
    const orphans = this.#orphans.get(placed.node) ?? new Map<Key, PodInfo>();
    this.#orphans.set(placed.node, orphans.set(key, placed.info));
  }

  #remove(key: Key, { node, info }: Placed): void {
    this.#pods.delete(key);
    this.#leave(key);
    const row = this.snapshot.rowOf(node);
    if (row !== undefined) {
      this.snapshot.remove(info, row);
      return;
    }
    const orphans = this.#orphans.get(node);
    orphans?.delete(key);
    if (orphans?.size === 0) this.#orphans.delete(node);
  }
}

/** Since when its first container runs: until then no measurement can contain what it will use. */
function runsSince({ status }: Pod): Instant {
  const starts = status?.containerStatuses?.flatMap(
    ({ state, lastState }) =>
      instantOf((lastState?.terminated ?? state?.running ?? state?.terminated)?.startedAt) ?? [],
  );
  return Math.min(Infinity, ...(starts ?? []));
}

/** The node's name aside, which a waiting pod does not have and a bound one does. */
const sameFacts = (a: PodInfo, b: PodInfo): boolean =>
  a.uid === b.uid &&
  a.since === b.since &&
  a.terminating === b.terminating &&
  a.startTime === b.startTime &&
  a.preempted === b.preempted &&
  (a.shape === b.shape || sameDemand(a.shape, b.shape));

function sameDemand(a: PodShape, b: PodShape): boolean {
  return a.groupKey === b.groupKey && a.hostPorts.length === b.hostPorts.length && sameAmounts(a.requests, b.requests);
}

function sameAmounts(a: PodShape['requests'], b: PodShape['requests']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Whether a pod holds less than it did, weighs otherwise for its neighbours, or is somewhere else. */
function freesSomething(before: Placed, info: PodInfo, node: string): boolean {
  const { shape } = before.info;
  return (
    before.node !== node ||
    shape.groupKey !== info.shape.groupKey ||
    before.info.terminating !== info.terminating ||
    Object.entries(shape.requests).some(([name, amount]) => amount > (info.shape.requests[name] ?? 0))
  );
}
