import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import { AlreadyExists, type Cause, Conflict, Forbidden, Invalid, NotFound } from '../../cluster/errors.js';

/** The server's own words for what it refuses. */

type Named = Pick<Kind<Resource>, 'group' | 'plural' | 'name'>;

/** `pods`, `containerpools.penstock.dev`. */
export const resourceName = ({ group, plural }: Pick<Named, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

const kindName = ({ group, name }: Pick<Named, 'group' | 'name'>): string => (group === '' ? name : `${name}.${group}`);

export const notFound = (kind: Named, name: string) => new NotFound(`${resourceName(kind)} "${name}" not found`);

export const notServed = () => new NotFound('the server could not find the requested resource');

export const alreadyExists = (kind: Named, name: string) =>
  new AlreadyExists(`${resourceName(kind)} "${name}" already exists`);

export const conflict = (kind: Named, name: string, why: string) =>
  new Conflict(`Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`);

export const forbidden = (kind: Named, name: string, why: string, causes: readonly Cause[] = []) =>
  new Forbidden(`${resourceName(kind)} "${name}" is forbidden: ${why}`, { causes });

export const outdated = 'the object has been modified; please apply your changes to the latest version and try again';

export function invalid(kind: Named, name: string, causes: readonly Cause[]): Invalid {
  const sentences = [...new Set(causes.map(({ field, message }) => (field ? `${field}: ${message}` : message)))];
  const all = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
  return new Invalid(`${kindName(kind)} "${name}" is invalid: ${all}`, { causes });
}

/** The server's ways to say what is wrong with a field. */
export const required = (field: string, detail = ''): Cause => ({
  field,
  reason: 'FieldValueRequired',
  message: detail === '' ? 'Required value' : `Required value: ${detail}`,
});

export const wrong = (field: string, value: unknown, detail: string): Cause => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${detail}`,
});

export const duplicate = (field: string, value: unknown): Cause => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
});

export const notFoundField = (field: string, value: unknown): Cause => ({
  field,
  reason: 'FieldValueNotFound',
  message: `Not found: ${shown(value)}`,
});

export const unsupported = (field: string, value: unknown, supported: readonly string[]): Cause => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((one) => `"${one}"`).join(', ')}`,
});

export const forbiddenField = (field: string, detail: string): Cause => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
});

export const tooLong = (field: string, detail: string): Cause => ({
  field,
  reason: 'FieldValueTooLong',
  message: `Too long: ${detail}`,
});

export const immutable = (field: string, value: unknown): Cause => wrong(field, value, 'field is immutable');

/** Field values can be long: a message shows the beginning. */
const longest = 512;

function shown(value: unknown): string {
  const text = value === undefined ? 'null' : (JSON.stringify(value) ?? 'null');
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
