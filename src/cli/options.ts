import { InvalidArgumentError } from 'commander';

/** Reads an integer from `least` to `most`. For commander's options and arguments. */
export const integer = (least: number, most: number) => (text: string) => {
  const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  if (number < least) throw new InvalidArgumentError(`It must be ${least} or more.`);
  if (number > most) throw new InvalidArgumentError(`It must be at most ${most}.`);
  return number;
};
