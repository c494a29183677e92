import type { Pod } from '../../api/kubernetes.js';
import { controllerOf } from '../../api/meta/kind.js';
import { startOf } from '../../scheduling/preemption/importance.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { PodInfo } from '../../scheduling/snapshot/node-info.js';
import { type Duration, hour } from '../../support/time.js';
import type { Move } from './plan.js';
import { type PodStay, podStay } from './pod-stays.js';
import type { RebalanceView } from './view.js';
import type { WhatIf } from './what-if.js';

/** A pod that may be moved. */
export interface Candidate {
  readonly pod: PodInfo;
  readonly object: Pod;
  readonly owner: Move['owner'];
  readonly row: number;
  /** Its mean use. */
  readonly use: Amounts;
  /** What share of its node it uses. */
  readonly share: number;
}

/** The pods of a node by whether they may be moved. */
export interface PodsOfNode {
  readonly candidates: readonly Candidate[];
  readonly stays: readonly { readonly pod: PodInfo; readonly stay: PodStay }[];
}

export function podsOfNode(row: number, whatIf: WhatIf, { podOf, use, state, now }: RebalanceView): PodsOfNode {
  const candidates: Candidate[] = [];
  const node = whatIf.nodes.info(row)?.name;
  const asked = new Set<string>();
  for (const { pod, from, means } of state.begunSince(now - askedAgainAfter))
    if (means === 'replacement' && from === node) asked.add(pod.uid);
  const stays: { readonly pod: PodInfo; readonly stay: PodStay }[] = [];
  for (const pod of whatIf.nodes.info(row)?.pods ?? []) {
    const object = podOf(pod.key);
    const mean = use.useOf(pod.key)?.mean;
    const owner = object && controllerOf(object);
    const stay = object ? podStay(pod, object) : objectUnknown;
    if (stay) stays.push({ pod, stay });
    else if (asked.has(pod.uid)) stays.push({ pod, stay: notReplaced });
    else if (!mean) stays.push({ pod, stay: useUnknown });
    else if (object && owner) {
      const { apiVersion, kind, name, uid } = owner;
      const share = whatIf.share(row, mean);
      candidates.push({ pod, object, owner: { apiVersion, kind, name, uid }, row, use: mean, share });
    }
  }
  return { candidates, stays };
}

/** An owner that has put nothing in the place of a pod is not asked again for so long. */
const askedAgainAfter: Duration = hour;

const notReplaced: PodStay = { reason: 'NotReplaced', message: 'its owner was asked lately, and has not replaced it' };
const objectUnknown: PodStay = { reason: 'ObjectUnknown', message: 'its object is not known yet' };
const useUnknown: PodStay = { reason: 'UseUnknown', message: 'its use has not been measured for long enough' };

/** The least important first: by priority, then the latest started, then by name. */
export const leastImportantFirst = ({ pod: a }: Candidate, { pod: b }: Candidate): number =>
  a.shape.priority - b.shape.priority ||
  (startOf(a) === startOf(b) ? 0 : startOf(b) - startOf(a)) ||
  (a.key < b.key ? -1 : 1);
