/** What must be true once faults are over, loads stay as they are and nothing is written any more. */
import { Node, Pod } from '../../../src/api/kubernetes.js';
import { controllerOf } from '../../../src/api/meta/kind.js';
import { keyOf, nameOf } from '../../../src/api/meta/resource.js';
import { stoppable } from '../../../src/api/names.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import { reportOf } from '../../../src/rebalancer/index.js';
import { explainNode, podShape } from '../../../src/scheduling/index.js';
import { type Violation, violation } from '../../faults/violation.js';
import { isWaiting } from '../../scheduler/histories/end-state.js';
import { snapshotOf } from '../../scheduler/histories/safety.js';
import { isAsked } from './acts.js';

export async function checkEndState(cluster: Cluster): Promise<readonly Violation[]> {
  const [nodes, pods] = [(await cluster.list(Node)).items, (await cluster.list(Pod)).items];
  const asked = pods.filter(isAsked).map(({ metadata: { name } }) => name);
  return [
    ...asked.map((name) => violation('withdraws what is not fulfilled', `${name} is still asked to go`, name)),
    ...nodes.flatMap((node) => checkMarks(node, pods)),
    ...checkWaiting(nodes, pods),
  ];
}

/** All marks of a node say the same, and nothing is on a marked one that would be missed. */
function checkMarks(node: Node, pods: readonly Pod[]): readonly Violation[] {
  const { name, labels = {}, annotations = {} } = node.metadata;
  const rule = 'marks are true';
  const isLabelled = labels[stoppable.label] === 'true';
  const isTainted = node.spec?.taints?.some(({ key }) => key === stoppable.taint) ?? false;
  const isReported = reportOf(node)?.status === 'True';
  if (!isLabelled && !isTainted && annotations[stoppable.condition] === undefined) return [];
  const marks = `label: ${isLabelled}, taint: ${isTainted}, report: ${annotations[stoppable.condition] ?? 'none'}`;
  if (!isLabelled || !isTainted || !isReported) return [violation(rule, `${name} is marked by halves: ${marks}`, name)];
  const missed = pods
    .filter((pod) => pod.spec?.nodeName === name && controllerOf(pod)?.kind !== 'DaemonSet')
    .map(({ metadata }) => metadata.name);
  return missed.length === 0
    ? []
    : [violation(rule, `${name} is said to be stoppable, with ${missed.join(', ')} on it`, name, ...missed)];
}

function checkWaiting(nodes: readonly Node[], pods: readonly Pod[]): readonly Violation[] {
  const snapshot = snapshotOf(nodes, pods);
  const marked = nodes.filter(({ metadata }) => metadata.labels?.[stoppable.label] !== undefined);
  return pods.filter(isWaiting).flatMap((pod) =>
    marked.flatMap(({ metadata: { name } }) => {
      const row = snapshot.rowOf(name) ?? -1;
      if (explainNode(podShape(pod), snapshot, row, keyOf(nameOf(pod))) !== undefined) return [];
      const what = `${pod.metadata.name} waits, and fits on ${name}, which is said to be stoppable`;
      return [violation('marks are true', what, pod.metadata.name, name)];
    }),
  );
}
