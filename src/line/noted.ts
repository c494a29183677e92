/** Stages that are done once for a container: that they are is noted on its pod, where a restarted operator finds it. */
import { Pod } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import { annotations } from '../api/names.js';
import { isOutdated } from '../cluster/errors.js';
import { type JsonOperation, jsonPatch, pointer } from '../cluster/patch.js';
import { second } from '../support/time.js';
import { retry, type Stage, type StageContext, type StageVerdict } from './stage.js';

/** Why a stage failed is kept so long: annotations are for notes. */
const longestReason = 500;

/** The stages that are done for good with this container. */
export function passedStages(pod: Pod): ReadonlySet<string> {
  return new Set(pod.metadata.annotations?.[annotations.passed]?.split(',').filter(Boolean));
}

/** The stages that were given up without harm to the container, and why. */
export function failedStages(pod: Pod): Readonly<Record<string, string>> {
  const text = pod.metadata.annotations?.[annotations.failed];
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).map(([name, why]) => [name, String(why)]));
  } catch {
    return {};
  }
}

/** Labels and annotations that a stage wants on the container when it has passed: they travel with the note. */
export interface WithMarks {
  readonly marks?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/**
 * The stage, run until it has passed once or has failed without consequence, and never after that. What it did before a
 * crash that came before the note is done again: at least once, not exactly once.
 */
export function noted<Work extends { readonly pod?: Pod } & WithMarks>(stage: Stage<Work>): Stage<Work> {
  if (!stage.noted) return stage;
  return {
    ...stage,
    async run(work, context) {
      const { pod } = work;
      if (!pod || stage.isDone?.(work) || passedStages(pod).has(stage.name)) return { verdict: 'pass', work };
      const verdict = await stage.run(work, context);
      if (verdict.verdict === 'pass') return note(stage.name, verdict.work, undefined, context);
      if (verdict.verdict === 'fail' && verdict.consequence === 'tell') {
        return note(stage.name, verdict.work, verdict.why, context);
      }
      return verdict;
    },
  };
}

async function note<Work extends { readonly pod?: Pod } & WithMarks>(
  name: string,
  work: Work,
  failure: string | undefined,
  { cluster, signal }: StageContext,
): Promise<StageVerdict<Work>> {
  const { pod, marks } = work;
  if (!pod) return { verdict: 'pass', work };
  const { metadata } = pod;
  const add = (field: 'labels' | 'annotations', key: string, value: string): JsonOperation => ({
    op: 'add',
    path: pointer('metadata', field, key),
    value,
  });
  const known = metadata.annotations?.[annotations.passed];
  const passed = [...passedStages(pod), name].join(',');
  const failed = { ...failedStages(pod), [name]: (failure ?? '').slice(0, longestReason) };
  const patch = jsonPatch([
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    ...(metadata.annotations
      ? known === undefined
        ? []
        : [{ op: 'test' as const, path: pointer('metadata', 'annotations', annotations.passed), value: known }]
      : [{ op: 'add' as const, path: '/metadata/annotations', value: {} }]),
    ...Object.entries(marks?.labels ?? {}).map(([key, value]) => add('labels', key, value)),
    ...Object.entries(marks?.annotations ?? {}).map(([key, value]) => add('annotations', key, value)),
    add('annotations', annotations.passed, passed),
    ...(failure === undefined ? [] : [add('annotations', annotations.failed, JSON.stringify(failed))]),
  ]);
  try {
    const present = await cluster.patch(Pod, nameOf(pod), patch, { flow: 'control', signal });
    return { verdict: 'pass', work: { ...work, marks: undefined, pod: present } };
  } catch (error) {
    // it is gone, or somebody has noted something else: the next look decides anew
    if (isOutdated(error)) return retry(work, 'the container has changed since', second);
    throw error;
  }
}
