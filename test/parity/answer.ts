import { keyOf, nameOf } from '../../src/api/meta/resource.js';
import { podShape } from '../../src/scheduling/pod-shape.js';
import { explainNode, filterNodes } from '../../src/scheduling/filters/index.js';
import { kubeDefault } from '../../src/scheduling/policies/kube-default.js';
import { defaultScorers } from '../../src/scheduling/scores/default-scorers.js';
import { scoreParts } from '../../src/scheduling/scores/total.js';
import { podInfo } from '../../src/scheduling/snapshot/node-info.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import { PreemptionAlgorithm } from '../../src/scheduling/preemption/preemption-algorithm.js';
import { preemptorOf } from '../../src/scheduling/preemption/preemptor.js';
import { Snapshot } from '../../src/scheduling/snapshot/snapshot.js';
import { defaultSelectorOf } from '../../src/scheduling/topology-spread/default-selector.js';
import type { VolumeView } from '../../src/scheduling/volumes/volume-view.js';
import type { Answer, Case, Preemption } from './case.js';

/** What our filters and the policy `kube-default` make of a case, in the oracle's form. */
export function ourAnswer(question: Case): Answer {
  const nodes = snapshotOf(question);
  const pod = podShape(question.pod);
  const self = keyOf(nameOf(question.pod));
  const { feasible, unschedulable } = filterNodes(pod, nodes, { self });
  const choices = question.preempt ? { choices: choicesOf(question, nodes) } : {};
  if (unschedulable !== undefined) return { feasible: [], rejected: {}, unschedulable, ...choices };
  const infos = [...nodes.infos()];
  const rejected = infos.flatMap(({ name, row }) => {
    const refusal = explainNode(pod, nodes, row, self);
    if ((refusal === undefined) !== (feasible[row] === 1))
      throw new Error(
        `explainNode and filterNodes disagree about ${name}: ${JSON.stringify(refusal)}, ${feasible[row]}`,
      );
    return refusal ? [[name, [refusal.filter, ...refusal.reasons]] as const] : [];
  });
  const taken = infos.filter(({ row }) => feasible[row] === 1);
  const answer = { feasible: taken.map(({ name }) => name).sort(), rejected: Object.fromEntries(rejected) };
  return taken.length === 0 ? { ...answer, ...choices } : { ...answer, scores: scoresOf(question, nodes, feasible) };
}

function choicesOf(question: Case, nodes: Snapshot): readonly Preemption[] {
  const budgets = new DisruptionBudgets(question.pdbs);
  const best = new PreemptionAlgorithm().best(preemptorOf(question.pod), nodes, { budgets });
  const choices = [...best].map(({ row, victims }) => ({
    node: nodes.info(row)?.name ?? '',
    victims: victims.flatMap(({ key, terminating }) => (terminating ? [] : [key])).sort(),
  }));
  return choices.length > 0 ? choices : [{ node: '', victims: [] }];
}

function scoresOf(question: Case, nodes: Snapshot, feasible: Uint8Array): NonNullable<Answer['scores']> {
  const pod = podShape(question.pod);
  const policy = kubeDefault();
  const totals = new Float64Array(nodes.present.length);
  policy.score(pod, nodes, feasible, totals);
  const scores: Record<string, NonNullable<Answer['scores']>[string]> = {};
  for (const { name, row } of nodes.infos()) {
    if (!feasible[row]) continue;
    const parts = scoreParts(defaultScorers, pod, nodes, feasible, row);
    const explained = policy.explain(pod, nodes, feasible, row).reduce((sum, { value }) => sum + value, 0);
    const total = totals[row]!;
    if (explained !== total || policy.rescore(pod, nodes, row) !== total)
      throw new Error(`score, rescore and explain disagree about ${name}`);
    scores[name] = {
      total,
      raw: Object.fromEntries(parts.map((part) => [part.name, part.raw])),
      weighted: Object.fromEntries(parts.map((part) => [part.name, part.weight * part.normalized])),
    };
  }
  return scores;
}

const selection = <T>({ metadata, spec }: { metadata: { namespace?: string }; spec: { selector: T } }) => ({
  namespace: metadata.namespace ?? '',
  selector: spec.selector,
});

export function snapshotOf(question: Case): Snapshot {
  const nodes = new Snapshot();
  nodes.setNamespaces(new Map(question.namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])));
  nodes.setVolumes(volumesOf(question));
  const [services, workloads] = [question.services.map(selection), question.replicaSets.map(selection)];
  nodes.setDefaultSelector((pod) => defaultSelectorOf(pod, services, workloads));
  for (const node of question.nodes) nodes.setNode(node);
  for (const pod of question.pods) {
    const row = nodes.rowOf(pod.spec?.nodeName ?? '');
    if (row !== undefined) nodes.place(podInfo(pod, 0), row);
    else if (pod.status?.nominatedNodeName) nodes.nominate(podInfo(pod, 0), pod.status.nominatedNodeName);
  }
  return nodes;
}

function volumesOf({ pvs, pvcs, storageClasses, csiNodes, csiDrivers, volumeAttachments }: Case): VolumeView {
  return {
    claim: (namespace, name) => pvcs.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    volume: (name) => pvs.find(({ metadata }) => metadata.name === name),
    storageClass: (name) => storageClasses.find(({ metadata }) => metadata.name === name),
    csiNode: (name) => csiNodes.find(({ metadata }) => metadata.name === name),
    csiDriver: (name) => csiDrivers.find(({ metadata }) => metadata.name === name),
    attachments: (node) => volumeAttachments.filter(({ spec }) => spec.nodeName === node),
  };
}
