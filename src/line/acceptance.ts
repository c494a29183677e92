/** Whether lines can be worked by, before anybody does. */
import { keptVersions, ProductionLine, type ProductionLineStatus } from '../api/production-line.js';
import { keyOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import {
  type Cache,
  type Context,
  done,
  type Reconciler,
  type Result,
  setCondition,
  writeStatus,
} from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { sameJson } from '../support/digest.js';
import type { Instant } from '../support/time.js';
import { compileLine } from './compile.js';
import type { Workshop } from './stage-type.js';

/** Of everything that is wrong so much is told. */
const longestMessage = 4096;

/**
 * Judges lines, and writes down those that are good: pools go by what stands in the status, so a line that was broken by a
 * change is worked by as it was before, also by an operator that has just started.
 */
export class AcceptanceController implements Reconciler {
  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly workshop: Workshop,
  ) {}

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const line = this.cache.get(ProductionLine, keyOf(ref));
    if (!line || line.metadata.deletionTimestamp !== undefined) return done;
    const status = judgeLine(line, this.workshop, this.clock.now());
    if (sameJson(status, line.status ?? {})) return done;
    await writeStatus(this.cluster, ProductionLine, line, status, { signal: context.signal });
    const verdict = status.conditions?.find(({ type }) => type === 'Accepted');
    if (verdict?.status === 'False') context.events.record(line, 'Warning', verdict.reason, verdict.message);
    return done;
  }
}

/** What the line's status is to say. Pure. */
export function judgeLine(line: ProductionLine, workshop: Workshop, now: Instant): ProductionLineStatus {
  const { spec, status, metadata } = line;
  const generation = metadata.generation ?? 1;
  const known = status?.accepted ?? [];
  const compiled = compileLine(spec, workshop);
  const condition = (holds: 'True' | 'False', reason: string, message: string) =>
    setCondition(
      status?.conditions,
      {
        type: 'Accepted',
        status: holds,
        reason,
        message: message.slice(0, longestMessage),
        observedGeneration: generation,
      },
      now,
    );
  if ('objections' in compiled) {
    const meanwhile =
      known[0] === undefined
        ? 'No pool can work by it'
        : `Pools go on by generation ${known[0].generation}, which was the last to be accepted`;
    return {
      ...status,
      observedGeneration: generation,
      conditions: condition('False', 'Broken', `${compiled.objections.join('; ')}. ${meanwhile}.`),
    };
  }
  const older = known.filter((one) => one.generation !== generation);
  return {
    observedGeneration: generation,
    accepted: [{ generation, spec }, ...older].slice(0, keptVersions),
    conditions: condition('True', 'Accepted', `new containers go by generation ${generation}`),
  };
}
