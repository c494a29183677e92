/** From what a line's spec says to stages that run. */
import { defaultLine, type ProductionLineSpec, type StageEntry, stageName } from '../api/production-line.js';
import { productionLineSpec } from '../api/production-line-schema.js';
import { type Duration, hour, instantOf, parseDuration } from '../support/time.js';
import { annotations } from '../api/names.js';
import { type Chain, compileChain, type Compiled, isRefused, typeOf } from './chain.js';
import { deliveredAt, readyForDeliverySince } from './pod-state.js';
import type { Workshop } from './stage-type.js';
import type { Match } from './stages/match/match.js';
import { deliverStages, matchStages, produceStages, reclaimStages } from './stages/registry.js';
import type { DeliverWork, ProduceWork, ReclaimWork } from './work.js';

/** A line that can be worked by. */
export interface CompiledLine {
  /** Which version of which line; `undefined`: the built-in one. */
  readonly version: string | undefined;
  readonly produce: Chain<ProduceWork>;
  readonly match: Match;
  readonly deliver: Chain<DeliverWork>;
  readonly reclaim: Reclaim;
  readonly quarantine: { readonly most: number; readonly keepFor: Duration };
  /** Its notify stages, in their order. */
  readonly hooks: readonly Hook[];
}

/** The chain reclaim, and the two parts of it that a container passes which comes back: scrub belongs to both. */
export interface Reclaim {
  readonly whole: Chain<ReclaimWork>;
  /** From its claim back to its pool; `undefined`: without scrub nothing comes back. */
  readonly back: Chain<ReclaimWork> | undefined;
  /** From there into stock, or away. */
  readonly cleaning: Chain<ReclaimWork>;
  /**
   * It does more than to clean and to delete. Then a claim has to outlive its deletion until that is done: the garbage
   * collector would delete the containers with their owner.
   */
  readonly lingers: boolean;
}

export interface Hook {
  readonly name: string;
  /** Only for claims that name it. */
  readonly onlyAsked: boolean;
}

/** The largest line, as JSON: three versions of it stand in its status. */
export const largestLine = 64 * 1024;

/** The line, or everything that is wrong with it, sentence by sentence. */
export function compileLine(spec: ProductionLineSpec, workshop: Workshop, version?: string): Compiled<CompiledLine> {
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > largestLine) return { objections: [`it has ${bytes} bytes, a line has at most ${largestLine}`] };
  const { produce, deliver, reclaim } = { ...defaultLine, ...defined(spec) };
  const [first, ...others] = deliver;
  const made = compileChain(
    produce,
    { name: 'produce', types: produceStages, since: ({ pod }) => pod && readyForDeliverySince(pod) },
    workshop,
    version,
  );
  const delivered = compileChain(
    others,
    { name: 'deliver', types: deliverStages, since: ({ pod }) => deliveredAt(pod) },
    workshop,
    version,
  );
  const reclaimed = compileChain(
    reclaim.map(withoutDiscard),
    {
      name: 'reclaim',
      types: reclaimStages,
      since: ({ pod }) => instantOf(pod.metadata.annotations?.[annotations.returnedAt]),
    },
    workshop,
    version,
  );
  const matching = typeOf(first ?? { stage: '' }, matchStages);
  const match =
    typeof matching === 'string'
      ? [matching]
      : matching.make(first?.settings, workshop, { name: 'match', chain: 'deliver', version, following: [] });
  const objections = [
    ...reclaim.flatMap((entry) => holdUp(entry) ?? []),
    ...objectionsIn(made),
    ...(isRefused(match) ? match.map((objection) => `deliver, stage match: ${objection}`) : []),
    ...objectionsIn(delivered),
    ...objectionsIn(reclaimed),
  ];
  if ('objections' in made || 'objections' in delivered || 'objections' in reclaimed || isRefused(match))
    return { objections };
  if (objections.length > 0) return { objections };
  const { most, keepFor } = spec.quarantine;
  return {
    made: {
      version,
      produce: made.made,
      match,
      deliver: delivered.made,
      reclaim: partsOf(reclaimed.made, reclaim),
      quarantine: { most, keepFor: parseDuration(keepFor) ?? hour },
      hooks: others
        .filter(({ stage }) => stage === 'notify')
        .map((entry) => ({ name: stageName(entry), onlyAsked: entry.settings?.['when'] === 'Asked' })),
    },
  };
}

/** Whether containers come back by a line that was accepted with this spec. */
export function hasScrub(accepted: object = {}): boolean {
  const { reclaim = defaultLine.reclaim } = productionLineSpec.safeParse(accepted).data ?? {};
  return reclaim.some(({ stage }) => stage === 'scrub');
}

function partsOf(whole: Chain<ReclaimWork>, entries: readonly StageEntry[]): Reclaim {
  const at = entries.findIndex(({ stage }) => stage === 'scrub');
  return {
    whole,
    back: at < 0 ? undefined : { stages: whole.stages.slice(0, at + 1) },
    cleaning: at < 0 ? whole : { stages: whole.stages.slice(at) },
    lingers: entries.some((entry) => !isPlain(entry)),
  };
}

const isPlain = (entry: StageEntry): boolean =>
  (entry.stage === 'scrub' || entry.stage === 'retire') &&
  Object.keys(entry).every((key) => key === 'stage' || key === 'name');

/** On the way out a container that failed is deleted as any other. */
const withoutDiscard = ({ onFailure, ...entry }: StageEntry): StageEntry =>
  onFailure === 'Discard' || onFailure === undefined ? entry : { ...entry, onFailure };

/** What would keep a container whose claim has ended from going. */
const holdUp = (entry: StageEntry): string | undefined =>
  entry.onFailure === 'Abort' || entry.onFailure === 'Quarantine'
    ? `reclaim, stage ${stageName(entry)}: onFailure must be Retry or Discard: a container on its way out is not held up`
    : undefined;

const objectionsIn = (compiled: Compiled<unknown>): readonly string[] =>
  'objections' in compiled ? compiled.objections : [];

/** What is not given is as in the default line. */
const defined = ({ produce, deliver, reclaim }: ProductionLineSpec) => ({
  ...(produce && { produce }),
  ...(deliver && { deliver }),
  ...(reclaim && { reclaim }),
});
