/** Options that several commands share, and how their values are read. */
import { InvalidArgumentError, Option } from 'commander';
import { CodedError, exitCodes } from '../support/errors.js';
import { parseQuantity } from '../support/quantity.js';
import { parseDuration } from '../support/time.js';
import { formats } from './output/print.js';

/** Reads an integer from `least` to `most`. For commander's options and arguments. */
export const integer = (least: number, most: number) => (text: string) => {
  const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  if (number < least) throw new InvalidArgumentError(`It must be ${least} or more.`);
  if (number > most) throw new InvalidArgumentError(`It must be at most ${most}.`);
  return number;
};

export function quantity(text: string): string {
  const amount = parseQuantity(text);
  if (amount === undefined || amount < 0) {
    throw new InvalidArgumentError('It must be a quantity of 0 or more, such as 500m or 2Gi.');
  }
  return text;
}

export function duration(text: string): string {
  if (parseDuration(text) === undefined) {
    throw new InvalidArgumentError('It must be a duration such as 90s, 10m or 1h30m.');
  }
  return text;
}

/** `name=value`, as often as wanted. */
export function pair(text: string, before: readonly NameValue[] = []): readonly NameValue[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return [...before, { name: text.slice(0, at), value: text.slice(at + 1) }];
}

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

export const several = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export const outputOption = () =>
  new Option('-o, --output <format>', 'how to print it').choices(formats).default('table');

export const allNamespacesOption = () => new Option('-A, --all-namespaces', 'of all namespaces');

export const fileOption = () => new Option('-f, --filename <file>', 'a file with YAML or JSON; - for standard input');

/** An option that the command cannot do without. (Commander's own check would come before that for misspelt options.) */
export function given<T>(command: string, option: string, value: T | undefined): T {
  if (value !== undefined) return value;
  const hint = `see penstock ${command} --help`;
  throw new CodedError('USAGE', `the option ${option} is missing`, hint, exitCodes.usage);
}
