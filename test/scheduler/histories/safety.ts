import type { Node, Pod } from '../../../src/api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../../src/api/meta/resource.js';
import { explainNode, isTerminal, podInfo, podShape, Snapshot } from '../../../src/scheduling/index.js';
import { type Duration, second } from '../../../src/support/time.js';
import type { Journal } from '../../faults/journal.js';
import { type Mix, noFaults } from '../../faults/mix.js';
import { type Violation, violation } from '../../faults/violation.js';
import { type Amounts, allocatableOf, beyond, hasEnded, nothing, plus, requestedBy } from './amounts.js';
import type { Happening } from './record.js';

/** What must hold at every binding, whatever the faults are. */
export function checkSafety(happenings: readonly Happening[], journal: Journal, mix: Mix): readonly Violation[] {
  const violations: Violation[] = [...checkRepeats(journal, mix)];
  const cluster = new Replay();
  for (const happening of happenings) {
    const before = happening.of === 'pod' ? cluster.pods.get(keyOf(nameOf(happening.object))) : undefined;
    if (happening.of === 'pod' && before && isBinding(before, happening.object)) {
      violations.push(...cluster.checkExistence(happening.object, happening.at, mix));
      if (mix === noFaults) violations.push(...cluster.checkFilters(before, happening.object));
      cluster.ours.add(happening.object.metadata.uid);
    }
    cluster.apply(happening);
    if (happening.of === 'pod' && before && isBinding(before, happening.object) && actsAlone(mix))
      violations.push(...cluster.checkRoom(happening.object));
  }
  return violations;
}

/** One scheduler at a time, whose writes happen while it waits for them: nobody takes what it has counted. */
const actsAlone = ({ operators, late, pauses }: Mix): boolean =>
  late === 0 && (operators === 'one' || (operators === 'elected' && pauses === Infinity));

const isBinding = (before: Pod, { metadata, spec }: Pod): boolean =>
  before.metadata.uid === metadata.uid && !before.spec?.nodeName && Boolean(spec?.nodeName);

/** Who knows what it has bound does not bind it again. */
function checkRepeats(journal: Journal, { operators, lost, late, crashWithin }: Mix): readonly Violation[] {
  if (operators !== 'one' || lost + late + crashWithin > 0) return [];
  return journal.entries
    .filter(({ kind, error }) => kind === 'Binding' && error?.includes('already assigned'))
    .map(({ name }) => violation('binds once', `the scheduler bound ${name} again, which it had bound`, name));
}

/** A node that has gone may be bound to for so long: what the scheduler hears may come late. */
const lateNews = ({ latency, lag, watchLife, refused, compaction, pauses, operators }: Mix): Duration =>
  watchLife < Infinity || compaction < Infinity || pauses < Infinity || refused > 0 || operators !== 'one'
    ? Infinity
    : lag + 20 * latency;

class Replay {
  readonly pods = new Map<Key, Pod>();
  /** By uid: pods that the scheduler has bound. */
  readonly ours = new Set<string>();
  readonly #nodes = new Map<string, Node>();
  readonly #removedAt = new Map<string, number>();
  /** The most that a node of this name ever had. */
  readonly #most = new Map<string, Amounts>();

  apply(happening: Happening): void {
    if (happening.of === 'pod') {
      const key = keyOf(nameOf(happening.object));
      if (happening.type === 'DELETED') this.pods.delete(key);
      else this.pods.set(key, happening.object);
      return;
    }
    const { name } = happening.object.metadata;
    if (happening.type === 'DELETED') {
      this.#nodes.delete(name);
      this.#removedAt.set(name, happening.at);
      return;
    }
    this.#nodes.set(name, happening.object);
    const room = allocatableOf(happening.object);
    const { cpu, memory, pods } = this.#most.get(name) ?? nothing;
    this.#most.set(name, {
      cpu: Math.max(cpu, room.cpu),
      memory: Math.max(memory, room.memory),
      pods: Math.max(pods, room.pods),
    });
  }

  checkExistence(pod: Pod, at: number, mix: Mix): readonly Violation[] {
    const { name } = pod.metadata;
    const node = pod.spec?.nodeName ?? '';
    if (this.#nodes.has(node)) return [];
    const removedAt = this.#removedAt.get(node);
    if (removedAt === undefined)
      return [violation('binds to nodes', `${name} was bound to ${node}, which never was`, name)];
    if (at - removedAt <= lateNews(mix)) return [];
    return [
      violation(
        'binds to nodes',
        `${name} was bound to ${node}, ${(at - removedAt) / second} s after that was gone`,
        name,
        node,
      ),
    ];
  }

  /** What was bound must have fitted in the node at its largest: the scheduler need not have heard of a change. */
  checkRoom(pod: Pod): readonly Violation[] {
    const node = pod.spec?.nodeName ?? '';
    let held = nothing;
    const names: string[] = [];
    for (const one of this.pods.values()) {
      if (one.spec?.nodeName !== node || hasEnded(one) || !this.ours.has(one.metadata.uid)) continue;
      held = plus(held, requestedBy(one));
      names.push(one.metadata.name);
    }
    const lacking = beyond(held, this.#most.get(node) ?? nothing);
    if (lacking.length === 0) return [];
    const what = `${pod.metadata.name} was bound to ${node}, which cannot hold its ${lacking.join(', ')} beside ${names.join(', ')}`;
    return [violation('never promises more than there is', what, pod.metadata.name, node)];
  }

  /** Without faults a binding is right for the cluster as it is, by every filter. */
  checkFilters(before: Pod, after: Pod): readonly Violation[] {
    const { name } = after.metadata;
    const snapshot = snapshotOf(this.#nodes.values(), this.pods.values());
    const row = snapshot.rowOf(after.spec?.nodeName ?? '');
    if (row === undefined) return [];
    const refusal = explainNode(podShape(before), snapshot, row, keyOf(nameOf(before)));
    if (!refusal) return [];
    const what = `${name} was bound to ${after.spec?.nodeName}: ${refusal.reasons.join(', ')} (${refusal.remedy})`;
    return [violation('binds where no filter refuses', what, name, after.spec?.nodeName ?? '')];
  }
}

/** The cluster as the scheduler should see it, from what the server holds. */
export function snapshotOf(nodes: Iterable<Node>, pods: Iterable<Pod>): Snapshot {
  const snapshot = new Snapshot();
  for (const node of nodes) snapshot.setNode(node);
  for (const pod of pods) {
    if (isTerminal(pod)) continue;
    const info = podInfo(pod, 0);
    const row = snapshot.rowOf(pod.spec?.nodeName ?? '');
    if (row !== undefined) snapshot.place(info, row);
    else if (!pod.spec?.nodeName && pod.status?.nominatedNodeName)
      snapshot.nominate(info, pod.status.nominatedNodeName);
  }
  return snapshot;
}
