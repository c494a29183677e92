import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

/** Parameters whose options every command has. */
export const globalParameters = ['kubeconfig', 'namespace'] as const;

const isGlobal = (name: string): boolean => globalParameters.some((one) => one === name);

/** An option for each parameter of a schema: `offeredSlots` is `--offered-slots <n>`. What they are worth is the schema's to judge. */
export function parameterOptions(schema: z.ZodObject): readonly Option[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).flatMap(([name, property]) =>
    typeof property === 'boolean' || isGlobal(name) ? [] : [optionOf(name, property)],
  );
}

type Property = Exclude<NonNullable<z.core.JSONSchema.BaseSchema['properties']>[string], boolean>;

function optionOf(name: string, property: Property): Option {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const fallback = property.default === undefined ? '' : ` (default: ${shown(property.default)})`;
  const about = `${property.description ?? ''}${choices(property)}${fallback}`;
  if (property.type === 'boolean') return new Option(flag, about);
  const option = new Option(`${flag} <${placeholder(property)}>`, about);
  return option.argParser((text) => valueOf(text, property));
}

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

const choices = ({ enum: values }: Property): string => (values ? ` (${values.join(', ')})` : '');

function placeholder({ type, description = '' }: Property): string {
  if (type === 'integer' || type === 'number') return 'n';
  if (type === 'array') return 'list';
  return /\b(file|folder)\b/.test(description) ? 'path' : 'text';
}

function valueOf(text: string, property: Property): unknown {
  if (property.type === 'integer' || property.type === 'number') return numberIn(text);
  if (property.type !== 'array') return text;
  const { items } = property;
  const item = typeof items === 'object' && !Array.isArray(items) ? items : {};
  return text.split(',').map((part) => valueOf(part.trim(), item));
}

function numberIn(text: string): number {
  const value = text === '' ? Number.NaN : Number(text.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
