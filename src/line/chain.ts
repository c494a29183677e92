/** The stages of one chain, ready to run. */
import type { ChainName, StageEntry } from '../api/production-line.js';
import { stageName } from '../api/production-line.js';
import { nearest } from '../api/schema/suggestion.js';
import { governed } from './governed.js';
import { noted } from './noted.js';
import type { Stage } from './stage.js';
import type { StageType, Workshop } from './stage-type.js';
import type { Instant } from '../support/time.js';
import type { Pod } from '../api/kubernetes.js';

export interface Chain<Work> {
  readonly stages: readonly Stage<Work>[];
}

/** What the chains differ in, beside their stages. */
export interface ChainKind<Work> {
  readonly name: ChainName;
  readonly types: readonly StageType<Stage<Work>>[];
  /** From when a container's time in a stage counts; `undefined`: from its first try in this process. */
  readonly since: (work: Work) => Instant | undefined;
}

export type Compiled<T> = { readonly made: T } | { readonly objections: readonly string[] };

/** Puts the stages together, from the last to the first: some want to know what follows. Says all that is wrong. */
export function compileChain<Work extends { readonly pod?: Pod }>(
  entries: readonly StageEntry[],
  kind: ChainKind<Work>,
  workshop: Workshop,
  version: string | undefined,
): Compiled<Chain<Work>> {
  const stages: Stage<Work>[] = [];
  const objections: string[] = [];
  for (const entry of entries.toReversed()) {
    const name = stageName(entry);
    const type = typeOf(entry, kind.types);
    const made =
      typeof type === 'string'
        ? [type]
        : type.make(entry.settings, workshop, { name, chain: kind.name, version, following: [...stages] });
    if (isRefused(made)) objections.unshift(...made.map((objection) => `${kind.name}, stage ${name}: ${objection}`));
    else if (typeof type !== 'string') {
      const { retries, timeout } = { ...type, ...entry };
      const policy = { ...entry, retries, timeout };
      stages.unshift(noted(governed({ ...made, name }, policy, kind.since)));
    }
  }
  return objections.length > 0 ? { objections } : { made: { stages } };
}

export function typeOf<Made>(
  { stage }: Pick<StageEntry, 'stage'>,
  types: readonly StageType<Made>[],
): StageType<Made> | string {
  const known = types.find(({ name }) => name === stage);
  if (known) return known;
  const names = types.map(({ name }) => name);
  const like = nearest(stage, names);
  return `there is no stage ${stage} in this chain${like === undefined ? ` (there are ${names.join(', ')})` : `; did you mean ${like}?`}`;
}

export const isRefused = <T>(made: T | readonly string[]): made is readonly string[] => Array.isArray(made);
