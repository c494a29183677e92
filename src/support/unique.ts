import { randomInt } from 'node:crypto';
import { nameAlphabet } from './random.js';

/** Characters of a suffix: the chance that two of a million are equal is one in a thousand. */
const length = 10;

/**
 * The end of a name that no other process makes up. Unlike a `Random`, whose seeds are 32 bits, it is fit for names that must
 * differ between machines; it is not repeatable, so programs hand it in from their outermost layer.
 */
export function uniqueSuffix(): string {
  let text = '';
  for (let i = 0; i < length; i++) text += nameAlphabet[randomInt(nameAlphabet.length)];
  return text;
}
