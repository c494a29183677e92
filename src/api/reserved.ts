import { z } from 'zod';
import { labelValue } from './fields.js';
import { group, simulationGroup } from './names.js';
import { type Rule, ruled } from './schema/rule.js';

/** The labels and annotations that users may give to containers. */

type Marks = Readonly<Record<string, string>>;

const keyPattern =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*[/])?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const longestDomain = 253;

/** Keys that the API server would refuse on the pod: better refused here than when the container is handed over. */
const wellFormed: Rule<Marks> = {
  rule: `self.all(key, key.matches('${keyPattern.source}') && key.indexOf('/') <= ${longestDomain})`,
  message:
    'must have keys such as app or example.com/app: a name of at most 63 characters, before it a domain and / if need be',
  check: (marks) => Object.keys(marks).every((key) => keyPattern.test(key) && key.indexOf('/') <= longestDomain),
};

export const reservedKey = new RegExp(`^([^/]*[.])?${group.replaceAll('.', '[.]')}[/]`);

/** By these users tell simulated nodes how a container behaves; a real node does not look at them. */
const ofSimulation = `${simulationGroup}/`;

const notReserved: Rule<Marks> = {
  rule: `!self.exists(key, key.matches('${reservedKey.source}') && !key.startsWith('${ofSimulation}'))`,
  message: `must not use keys of ${group}: they are reserved to the operator`,
  reason: 'FieldValueForbidden',
  check: (marks) => !Object.keys(marks).some((key) => reservedKey.test(key) && !key.startsWith(ofSimulation)),
};

const most = 64;

const marks = <Value extends z.ZodType<string>>(value: Value) =>
  ruled(
    z
      .record(z.string(), value)
      .refine((all) => Object.keys(all).length <= most, {
        error: `must have at most ${most} entries`,
        params: { reason: 'FieldValueTooMany' },
      })
      .meta({ maxProperties: most }),
    wellFormed,
    notReserved,
  );

/** Labels to find objects by: any that a user can give. */
export const selectorLabels = ruled(
  z
    .record(z.string(), labelValue)
    .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= most, {
      error: `must have 1 to ${most} entries`,
      params: { reason: 'FieldValueInvalid' },
    })
    .meta({ minProperties: 1, maxProperties: most }),
  wellFormed,
);

export const userLabels = marks(labelValue);
export const userAnnotations = marks(z.string());
