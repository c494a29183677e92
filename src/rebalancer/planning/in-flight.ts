import { evictionRequestOf } from '../../api/eviction-request.js';
import { controllerOf } from '../../api/meta/kind.js';
import type { PodInfo } from '../../scheduling/snapshot/node-info.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import { type Duration, minute } from '../../support/time.js';
import type { BegunMove } from './state.js';
import type { RebalanceView } from './view.js';

/** A move that was begun counts for so long, whether or not anything of it shows in the pod yet. */
export const longestUnseen: Duration = 5 * minute;

/** A pod that is on its way off its node. */
export interface LeavingPod {
  readonly pod: PodInfo;
  readonly row: number;
  /** Where its successor will be, where that is known; of one that terminates the successor may be there already. */
  readonly to: number | undefined;
  /** Whether its successor is a container that stands there already. */
  readonly isReplaced: boolean;
  /** The uid of its controller. */
  readonly owner: string | undefined;
  /** Whether it was asked to go. Others terminate for reasons of their own. */
  readonly isMoved: boolean;
}

/** Pods that terminate, that were asked to go, or whose move has just begun. */
export function leavingPods({ nodes, podOf, state, now }: RebalanceView): readonly LeavingPod[] {
  const begun = new Map(state.begunSince(now - longestUnseen).map((move) => [move.pod.uid, move]));
  const leaving: LeavingPod[] = [];
  for (const { row, name, pods } of nodes.infos())
    for (const pod of pods) {
      const object = podOf(pod.key);
      const request = object && evictionRequestOf(object);
      const move = movedOff(begun.get(pod.uid), name);
      if (!pod.terminating && !request && !move) continue;
      const owner = object && controllerOf(object)?.uid;
      const to = pod.terminating ? undefined : rowOf(nodes, request?.node ?? move?.to);
      const isReplaced = request?.node !== undefined || move?.means === 'replacement';
      const isMoved = request !== undefined || move !== undefined;
      leaving.push({ pod, row, to, isReplaced, owner, isMoved });
    }
  return leaving;
}

const movedOff = (move: BegunMove | undefined, node: string): BegunMove | undefined =>
  move?.from === node ? move : undefined;

const rowOf = (nodes: Snapshot, name: string | undefined): number | undefined =>
  name === undefined ? undefined : nodes.rowOf(name);
