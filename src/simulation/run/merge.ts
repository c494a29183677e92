import { sameJson } from '../../support/digest.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import type { Experiment, Trial } from '../experiments/experiment.js';
import type { Result, TrialResult } from './result.js';
import { resultOf } from './run-experiment.js';
import type { RunHeader } from './trial-store.js';
import { trialKey, trialsOf } from './trials.js';

/** What is in the folder of a part. */
export interface Part {
  readonly folder: string;
  readonly header: RunHeader;
  readonly trials: readonly TrialResult[];
}

/**
 * The result of a run whose trials were run in parts. Points come in the order in which the experiment has them.
 * @throws CodedError `PARTS_DIFFER`, `PARTS_MISSING`
 */
export function mergeParts(parts: readonly Part[], experiment: Pick<Experiment, 'applies' | 'isRandom'>): Result {
  const [first, ...others] = parts;
  if (!first) throw new CodedError('PARTS_MISSING', 'no part of a run is given', undefined, exitCodes.usage);
  const { header } = first;
  const stranger = others.find((part) => !sameJson(part.header, header));
  if (stranger)
    throw new CodedError(
      'PARTS_DIFFER',
      `${stranger.folder} and ${first.folder} are not parts of the same run: ${differenceOf(stranger.header, header)}`,
      'run the parts with the same version, parameters, policies and seeds',
      exitCodes.conflict,
    );
  const done = new Map(parts.flatMap(({ trials }) => trials.map((one) => [trialKey(one.trial), one] as const)));
  const wanted = trialsOf(experiment, header.points, header.request);
  const missing = wanted.filter((trial) => !done.has(trialKey(trial)));
  if (missing.length > 0) throw lacking(missing, wanted.length);
  return resultOf(
    header.request,
    header,
    wanted.flatMap((trial) => done.get(trialKey(trial)) ?? []),
  );
}

function differenceOf(a: RunHeader, b: RunHeader): string {
  const fields = { ...a.request, points: a.points, version: a.version, notes: a.notes };
  const others = { ...b.request, points: b.points, version: b.version, notes: b.notes };
  const names = Object.keys(fields).filter((name) => !sameJson(Reflect.get(fields, name), Reflect.get(others, name)));
  return `${names.join(' and ')} ${names.length === 1 ? 'differs' : 'differ'}`;
}

function lacking(missing: readonly Trial[], all: number): CodedError {
  const [first] = missing;
  const { policy = '', at = {}, seed = 0 } = first ?? {};
  const where = Object.entries(at).map(([name, value]) => `${name} ${value}`);
  return new CodedError(
    'PARTS_MISSING',
    `${missing.length} of ${all} trials are in no part, such as ${[policy, ...where, `seed ${seed}`].join(', ')}`,
    'run the shard that lacks again with the same --out: it goes on where it was',
    exitCodes.failed,
  );
}
