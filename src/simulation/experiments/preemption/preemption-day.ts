import type { Key } from '../../../api/meta/resource.js';
import type { LoadModel } from '../../../scheduling/load/load-model.js';
import type { PodShape } from '../../../scheduling/pod-shape.js';
import type { Candidate } from '../../../scheduling/preemption/candidate.js';
import { DisruptionBudgets } from '../../../scheduling/preemption/disruption-budgets.js';
import { PreemptionAlgorithm, type PreemptionRules } from '../../../scheduling/preemption/preemption-algorithm.js';
import type { PodInfo } from '../../../scheduling/snapshot/node-info.js';
import type { Snapshot } from '../../../scheduling/snapshot/snapshot.js';
import { loadsOf } from '../../engine/host-loads.js';
import type { Instant } from '../../../support/time.js';
import type { Courses } from './courses.js';
import { LoadOverTime } from './load-over-time.js';

/** How victims are chosen: as kube-scheduler does, with the use of pods beside, or not at all. */
export type Rule = 'by-use' | 'kube-default' | 'no-preemption';

export interface PreemptionDay {
  /** A cluster that is full; it is changed. */
  readonly nodes: Snapshot;
  readonly courses: Courses;
  /** Of nodes, for the choice of victims and for what comes out. */
  readonly load: LoadModel;
  readonly samples: number;
  readonly preemptor: PodShape;
  readonly preemptors: number;
  readonly rule: Rule;
  /** The budgets as they are after some pods have gone; absent: there are none. */
  readonly budgets?: (gone: readonly PodInfo[]) => DisruptionBudgets;
  /** Runs a decision; absent: simply. Benches measure how long it takes. */
  readonly decide?: (decision: () => Candidate | undefined) => Candidate | undefined;
}

export interface PreemptionOutcome {
  readonly decisions: number;
  /** Pods that found no node, neither free nor made free. */
  readonly waiting: number;
  readonly victims: readonly PodInfo[];
  /** Victims that a disruption budget did not allow to be evicted. */
  readonly violations: number;
  readonly loads: LoadOverTime;
}

const noBudgets = new DisruptionBudgets([]);

/** Pods that pre-empt others come evenly over the day; their victims go at once, and they come in their place. */
export function preemptionDay(day: PreemptionDay): PreemptionOutcome {
  const { nodes, courses, load, samples, preemptor, preemptors, rule } = day;
  const { budgets = () => noBudgets, decide = (decision) => decision() } = day;
  const algorithm = new PreemptionAlgorithm();
  const loads = new LoadOverTime();
  const victims: PodInfo[] = [];
  let [decisions, waiting, violations] = [0, 0, 0];
  let allowed = budgets(victims);
  for (let sample = 0; sample < samples; sample++) {
    courses.measure(nodes, sample);
    loads.add(loadsOf(load, nodes));
    const use = { load, useOf: (key: Key) => courses.useOf(key) };
    const due = Math.floor(((sample + 1) * preemptors) / samples);
    for (; decisions < due; decisions++) {
      const key = `default/high-${decisions}`;
      const rules: PreemptionRules = { budgets: allowed, ...(rule === 'by-use' && { use }) };
      const wanted = { key, shape: preemptor, policy: undefined, nominatedNode: undefined };
      const chosen = rule === 'no-preemption' ? undefined : decide(() => algorithm.select(wanted, nodes, rules));
      if (!chosen) {
        waiting++;
        continue;
      }
      violations += chosen.violations;
      for (const victim of chosen.victims) {
        nodes.remove(victim, chosen.row);
        courses.forget(victim.key);
        victims.push(victim);
      }
      allowed = budgets(victims);
      nodes.place(arrived(key, preemptor, (sample + 1) * courses.interval), chosen.row);
    }
  }
  return { decisions, waiting, victims, violations, loads };
}

const arrived = (key: Key, shape: PodShape, startTime: Instant): PodInfo => ({
  key,
  uid: key,
  shape,
  since: startTime,
  startTime,
  terminating: false,
  preempted: false,
});
