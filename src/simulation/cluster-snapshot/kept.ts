/**
 * What a snapshot keeps of an object. Everything that is not named is left out: environment, commands, arguments, files, annotations but those
 * that decisions read, and whatever future versions of Kubernetes will add.
 */
import type { Naming } from './naming.js';

/** Of a value: all of it, as a name, or what is named of it. */
export type Kept =
  | { readonly as: 'value' }
  /** A name that people gave: it is replaced where names are hidden. */
  | { readonly as: 'name' }
  /** Keys and values as labels are. */
  | { readonly as: 'labels' }
  /** The key of a label, a taint or a topology. */
  | { readonly as: 'key' }
  /** The value of a label whose key stands beside it in the field `key`. */
  | { readonly as: 'labelValue' }
  /** Some annotations: those that hold a name, and those, by what they begin with, that hold a figure, a time or yes and no. */
  | { readonly as: 'annotations'; readonly names: readonly string[]; readonly figures: readonly string[] }
  /** Some of a map whose keys are free, with the same of each. */
  | { readonly as: 'map'; readonly of: Kept }
  | { readonly as: 'list'; readonly of: Kept }
  | { readonly as: 'object'; readonly fields: Readonly<Record<string, Kept>> };

export const value: Kept = { as: 'value' };
export const name: Kept = { as: 'name' };
export const labels: Kept = { as: 'labels' };
export const key: Kept = { as: 'key' };
export const labelValue: Kept = { as: 'labelValue' };
export const map = (of: Kept): Kept => ({ as: 'map', of });
export const list = (of: Kept): Kept => ({ as: 'list', of });
export const object = (fields: Readonly<Record<string, Kept>>): Kept => ({ as: 'object', fields });
export const annotations = (names: readonly string[], figures: readonly string[]): Kept => ({
  as: 'annotations',
  names,
  figures,
});

/** Fields of an object that are equal in a map, given once. */
export const fields = (kept: Kept, ...names: readonly string[]): Readonly<Record<string, Kept>> =>
  Object.fromEntries(names.map((one) => [one, kept]));

const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

/** Figures, quantities, durations and times: nothing that could be a secret. */
const figure = /^(true|false|[0-9][0-9.,:+\-eEkKMGTPZimunsh]{0,63})$/;

/** @returns `undefined` where there is nothing of what is kept */
export function keep(given: unknown, kept: Kept, naming: Naming): unknown {
  if (given === undefined || given === null) return undefined;
  switch (kept.as) {
    case 'value':
      return given;
    case 'name':
      return typeof given === 'string' ? naming.name(given) : undefined;
    case 'key':
      return typeof given === 'string' ? naming.key(given) : undefined;
    case 'labels':
      return isRecord(given)
        ? Object.fromEntries(
            Object.entries(given).map(([label, of]) => [naming.key(label), naming.labelValue(label, String(of))]),
          )
        : undefined;
    case 'annotations':
      return isRecord(given) ? keptAnnotations(given, kept, naming) : undefined;
    case 'map':
      return isRecord(given) ? entriesOf(given, () => kept.of, naming) : undefined;
    case 'list':
      return Array.isArray(given) ? given.map((one) => keep(one, kept.of, naming) ?? null) : undefined;
    case 'object':
      return isRecord(given) ? entriesOf(given, (field) => kept.fields[field], naming) : undefined;
    case 'labelValue':
      // on its own it has no key: the object that holds it says which
      return typeof given === 'string' ? naming.labelValue('', given) : undefined;
  }
}

function entriesOf(
  given: Readonly<Record<string, unknown>>,
  keptOf: (field: string) => Kept | undefined,
  naming: Naming,
): Record<string, unknown> {
  const label = typeof given['key'] === 'string' ? given['key'] : '';
  const out: Record<string, unknown> = {};
  for (const [field, one] of Object.entries(given)) {
    const kept = keptOf(field);
    if (!kept) continue;
    const left = isLabelValue(kept) ? labelValues(label, one, naming) : keep(one, kept, naming);
    if (left !== undefined) out[field] = left;
  }
  return out;
}

const isLabelValue = (kept: Kept): boolean =>
  kept.as === 'labelValue' || (kept.as === 'list' && kept.of.as === 'labelValue');

const labelValues = (label: string, given: unknown, naming: Naming): unknown =>
  Array.isArray(given)
    ? given.map((one) => naming.labelValue(label, String(one)))
    : naming.labelValue(label, String(given));

function keptAnnotations(
  given: Readonly<Record<string, unknown>>,
  { names, figures }: Extract<Kept, { as: 'annotations' }>,
  naming: Naming,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [annotation, text] of Object.entries(given)) {
    if (typeof text !== 'string') continue;
    if (names.includes(annotation)) out[annotation] = naming.name(text);
    else if (figures.some((start) => annotation.startsWith(start)) && figure.test(text)) out[annotation] = text;
  }
  return out;
}
