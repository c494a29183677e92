import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from '../../api/schema/suggestion.js';
import { wordsOf } from '../../api/schema/wording.js';
import { fieldOf } from '../../api/validation.js';
import { createLoadModel, createPolicy, type Policy, type Prices } from '../../scheduling/index.js';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import type { Profile } from '../profile.js';
import {
  apiVersion,
  kind,
  type SchedulerConfiguration,
  schedulerConfiguration,
  type UseConfiguration,
} from './schema.js';

/** A configuration that can be worked with. */
export interface Configured {
  readonly profiles: readonly Profile[];
  readonly use: UseConfiguration;
  readonly recordsScheduled: boolean;
  readonly prices: Prices;
}

/** More is no configuration. */
const longestText = 2 ** 20;

/** What counts without a file. */
export const defaultConfiguration = (): Configured => configured(schedulerConfiguration.parse({ apiVersion, kind }));

/**
 * Reads a configuration in YAML or JSON.
 * @param file its name, for messages
 * @throws CodedError `INVALID_CONFIGURATION` with everything that is wrong
 */
export function readConfiguration(text: string, file: string): Configured {
  const data = parseConfiguration(schedulerConfiguration, text, file);
  const { schedulerName } = duplicateOf(data.profiles) ?? {};
  if (schedulerName !== undefined) throw invalid(file, [`profiles: there are two with schedulerName ${schedulerName}`]);
  return configured(data, file);
}

/** What a configuration file of some schema says. Throws as `readConfiguration`. */
export function parseConfiguration<T extends z.ZodObject>(schema: T, text: string, file: string): z.output<T> {
  if (text.length > longestText) throw invalid(file, [`must be at most ${longestText} characters long`]);
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) throw invalid(file, document.errors.map(messageOf));
  const { data, error } = schema.safeParse(document.toJS({ maxAliasCount: 100 }), { reportInput: true });
  if (!data)
    throw invalid(
      file,
      (error?.issues ?? []).flatMap((issue) => sentences(issue, Object.keys(schema.shape))),
    );
  return data;
}

const duplicateOf = <T extends { readonly schedulerName: string }>(profiles: readonly T[]): T | undefined =>
  profiles.find(({ schedulerName }, index) => profiles.findIndex((one) => one.schedulerName === schedulerName) < index);

function configured(
  { profiles: given, use, prices, recordsScheduled }: SchedulerConfiguration,
  file = 'configuration',
): Configured {
  const objections: Objection[] = [];
  const profiles = given.flatMap((profile, index) => profileOf(profile, `profiles[${index}]`, objections) ?? []);
  if (objections.length > 0)
    throw invalid(
      file,
      objections.map(({ cause }) => cause),
      objections.length === 1 ? objections[0]?.hint : undefined,
    );
  return { profiles, use, prices, recordsScheduled };
}

interface Objection {
  readonly cause: string;
  readonly hint?: string | undefined;
}

/** `undefined` where there is an objection. */
function profileOf(
  { schedulerName, policy, batchPolicy, preemption }: SchedulerConfiguration['profiles'][number],
  path: string,
  objections: Objection[],
): Profile | undefined {
  const scoring = policyOf(policy, `${path}.policy`, objections);
  if (scoring?.kind === 'batch')
    objections.push({
      cause: `${path}.policy: ${policy.name} places batches: name it in batchPolicy, and a scoring policy here`,
    });
  const batches = batchPolicy === null ? undefined : policyOf(batchPolicy, `${path}.batchPolicy`, objections);
  if (batches?.kind === 'score')
    objections.push({
      cause: `${path}.batchPolicy: ${batches.name} places pods one at a time: set batchPolicy to null, and it places all`,
    });
  if (scoring?.kind !== 'score' || batches?.kind === 'score') return undefined;
  return {
    schedulerName,
    policy: scoring,
    ...(batches && { batchPolicy: batches }),
    ...(preemption && {
      preemption: preemption.policy === 'load-aware' ? { load: createLoadModel(preemption.load) } : {},
    }),
  };
}

function policyOf(
  { name, settings }: SchedulerConfiguration['profiles'][number]['policy'],
  path: string,
  objections: Objection[],
): Policy | undefined {
  try {
    return createPolicy(name, settings);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    objections.push({ cause: `${path}: ${error.message}`, hint: error.hint });
    return undefined;
  }
}

function sentences(issue: Parameters<typeof wordsOf>[0], fields: readonly string[]): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [`${fieldOf(issue.path)}: ${wordsOf(issue)}`];
  return issue.keys.map((key) => {
    const like = nearest(key, fields);
    return `${fieldOf([...issue.path, key])}: is not a field of a configuration${like === undefined ? '' : `; did you mean ${like}?`}`;
  });
}

const invalid = (file: string, causes: readonly string[], hint?: string) =>
  new CodedError('INVALID_CONFIGURATION', `${file}: ${causes.join('; ')}`, hint, exitCodes.invalid);
