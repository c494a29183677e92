import type { Pod } from '../../api/kubernetes.js';
import { annotations as marks, simulationGroup } from '../../api/names.js';
import { type Instant, instantOf, parseDuration } from '../../support/time.js';

/** What goes wrong with a pod's containers: its image cannot be pulled, it does not start, it ends at once, it is never ready. */
export type Fault = 'pull' | 'start' | 'crash' | 'never-ready';

/** Annotations by which a pod tells its simulated node how to behave. */
export const simulation = {
  /** A `Fault`. */
  fail: `${simulationGroup}/fail`,
  /** A duration such as `30s`: its containers end by themselves after that. */
  runFor: `${simulationGroup}/run-for`,
  /** With which code they end then; 0 when absent. */
  exitCode: `${simulationGroup}/exit-code`,
  /** The fraction of its requests that the pod uses, such as `0.4`. */
  use: `${simulationGroup}/use`,
} as const;

const faults: readonly string[] = ['pull', 'start', 'crash', 'never-ready'] satisfies readonly Fault[];
const isFault = (text: string | undefined): text is Fault => text !== undefined && faults.includes(text);

export function faultOf(pod: Pod): Fault | undefined {
  const text = pod.metadata.annotations?.[simulation.fail];
  return isFault(text) ? text : undefined;
}

/**
 * When and how a pod's containers end by themselves; nothing for those that run until they are stopped. The program of a
 * latched one begins with its delivery.
 */
export function ownEnd(
  { metadata: { annotations = {} } }: Pod,
  startedAt: Instant,
): { readonly at: Instant; readonly code: number } | undefined {
  const after = parseDuration(annotations[simulation.runFor] ?? '');
  if (after === undefined) return undefined;
  const isLatched = annotations[marks.latchMode] !== undefined;
  const beginning = isLatched ? instantOf(annotations[marks.deliveredAt]) : startedAt;
  if (beginning === undefined) return undefined;
  return { at: Math.max(startedAt, beginning) + after, code: Number(annotations[simulation.exitCode] ?? 0) || 0 };
}
