import { Node, Pod } from '../../../src/api/kubernetes.js';
import { PodGroup } from '../../../src/api/pod-group.js';
import { keyOf, nameOf } from '../../../src/api/meta/resource.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import type { Scheduler } from '../../../src/scheduler/index.js';
import { gangOf, groupKeyOf, type PodGroups } from '../../../src/scheduler/gang.js';
import { explainNode, podInfo, podShape, type Snapshot } from '../../../src/scheduling/index.js';
import { groupBy } from '../../../src/support/group-by.js';
import { type Violation, violation } from '../../faults/violation.js';
import { type Amounts, allocatableOf, hasEnded, nothing, plus, requestedBy, resources } from './amounts.js';
import { snapshotOf } from './safety.js';

export interface EndState {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly podGroups: PodGroups;
}

export async function readEndState(cluster: Cluster): Promise<EndState> {
  const groups = new Map((await cluster.list(PodGroup)).items.map((group) => [keyOf(nameOf(group)), group]));
  return {
    nodes: (await cluster.list(Node)).items,
    pods: (await cluster.list(Pod)).items,
    podGroups: { served: true, find: (inNamespace, name) => groups.get(keyOf({ namespace: inNamespace, name })) },
  };
}

export const isWaiting = ({ metadata, spec, status }: Pod): boolean =>
  !spec?.nodeName &&
  metadata.deletionTimestamp === undefined &&
  (spec?.schedulingGates ?? []).length === 0 &&
  status?.phase !== 'Failed' &&
  status?.phase !== 'Succeeded';

/** What the scheduler holds once all is quiet, against the same counted from what the server holds. */
export function checkCache({ nodes, pods }: EndState, { cache, queue }: Scheduler): readonly Violation[] {
  const violations: Violation[] = [];
  const differs = (what: string, ...about: readonly string[]) =>
    violations.push(violation('the cache is what the server says', what, ...about));
  const { snapshot } = cache;
  if (snapshot.size !== nodes.length) differs(`${snapshot.size} nodes are cached, there are ${nodes.length}`);
  for (const node of nodes) {
    const { name } = node.metadata;
    const row = snapshot.rowOf(name);
    if (row === undefined) {
      differs(`${name} is not cached`, name);
      continue;
    }
    const held = heldOn(name, pods);
    const room = allocatableOf(node);
    for (const resource of resources) {
      const { requested = [], capacity = [] } = snapshot.column(resource) ?? {};
      if (requested[row] !== held[resource])
        differs(
          `${name} has ${requested[row]} ${resource} requested in the cache, ${held[resource]} by its pods`,
          name,
        );
      if (capacity[row] !== room[resource])
        differs(`${name} has ${capacity[row]} ${resource} in the cache, its status says ${room[resource]}`, name);
    }
  }
  const rebuilt = snapshotOf(nodes, pods);
  const [cached, counted] = [describeGroups(snapshot), describeGroups(rebuilt)];
  if (cached !== counted) differs(`pods by group are ${cached} in the cache, ${counted} by the server`);
  const [promised, nominated] = [describeNominated(snapshot), describeNominated(rebuilt)];
  if (promised !== nominated) differs(`nominated are ${promised} in the cache, ${nominated} by the server`);
  if (cache.assumedPods > 0) differs(`${cache.assumedPods} pods are still assumed`);
  const waiting = pods.filter(isWaiting);
  for (const pod of waiting)
    if (!queue.has(keyOf(nameOf(pod)))) differs(`${pod.metadata.name} waits, and is not queued`, pod.metadata.name);
  const queued = Object.values(queue.pending).reduce((all, count) => all + count, 0);
  if (queued !== waiting.length) differs(`${queued} pods are queued, ${waiting.length} wait`);
  return violations;
}

function heldOn(node: string, pods: readonly Pod[]): Amounts {
  const own = pods.filter((pod) => pod.spec?.nodeName === node && !hasEnded(pod));
  return own.map(requestedBy).reduce(plus, nothing);
}

const describeGroups = ({ groups }: Snapshot): string => {
  const counts = [...groups].map(({ shape, terminating, counts: byRow }) => {
    const count = [...byRow.values()].reduce((all, one) => all + one, 0);
    return `${JSON.stringify(shape.labels)}${terminating ? ' terminating' : ''}: ${count}`;
  });
  return counts.sort().join('; ');
};

const describeNominated = ({ nominated }: Snapshot): string =>
  [...nominated]
    .flatMap(([node, pods]) => pods.map(({ key }) => `${key} for ${node}`))
    .sort()
    .join(', ');

/** Nobody waits who fits; nobody is bound who should have waited for the others of its gang. */
export function checkWaiting(
  { nodes, pods, podGroups }: EndState,
  isHeld: (pod: Pod) => boolean,
): readonly Violation[] {
  const snapshot = snapshotOf(nodes, pods);
  const waiting = pods.filter((pod) => isWaiting(pod) && !isHeld(pod));
  const isMember = (pod: Pod) => gangOf(podShape(pod), podGroups) !== undefined;
  const [inGangs, alone] = [waiting.filter(isMember), waiting.filter((pod) => !isMember(pod))];
  const gangs = groupBy(inGangs, (pod) => groupKeyOf(podShape(pod)) ?? '');
  return [
    ...alone.flatMap((pod) => {
      const node = nodeFor(pod, snapshot);
      return node === undefined
        ? []
        : [
            violation(
              'nobody waits who fits',
              `${pod.metadata.name} waits, and fits on ${node}`,
              pod.metadata.name,
              node,
            ),
          ];
    }),
    ...[...gangs].flatMap(([gang, members]) => checkGang(gang, members, { pods, podGroups }, snapshot)),
  ];
}

function nodeFor(pod: Pod, snapshot: Snapshot): string | undefined {
  const shape = podShape(pod);
  for (const { row, name } of snapshot.infos())
    if (explainNode(shape, snapshot, row, keyOf(nameOf(pod))) === undefined) return name;
  return undefined;
}

/** Of members that are alike: how many fit does not depend on the order in which they are placed then. */
function checkGang(
  gang: string,
  members: readonly Pod[],
  { pods, podGroups }: Pick<EndState, 'pods' | 'podGroups'>,
  snapshot: Snapshot,
): readonly Violation[] {
  const [first] = members;
  if (new Set(members.map((pod) => podShape(pod).key)).size > 1) return [];
  const minMember = (first && gangOf(podShape(first), podGroups)?.minMember) ?? 1;
  const trial = snapshot.copy();
  let fitting = 0;
  for (const pod of members) {
    const row = trial.rowOf(nodeFor(pod, trial) ?? '');
    if (row === undefined) continue;
    trial.place(podInfo(pod, 0), row);
    fitting++;
  }
  const bound = boundOf(gang, pods).length;
  const names = members.map(({ metadata }) => metadata.name);
  const enough = minMember > 1 ? fitting > 0 && bound + fitting >= minMember : fitting === members.length;
  if (!enough) return [];
  const what = `${fitting} of ${names.join(', ')} fit beside the ${bound} of ${gang} that are bound, ${minMember} must`;
  return [violation('nobody waits who fits', what, ...names)];
}

const boundOf = (gang: string, pods: readonly Pod[]): readonly Pod[] =>
  pods.filter((pod) => pod.spec?.nodeName && pod.status?.phase !== 'Failed' && groupKeyOf(podShape(pod)) === gang);
