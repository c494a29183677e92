/** Long texts that make a pattern which backtracks do as much as it can. */
import fc from 'fast-check';

export const length = 100_000;

/** What the text ends with beside: nothing, and what no pattern expects there. */
const tails = ['', '\u0000'];

/** Texts of 100 kB for a pattern: its own characters over and over, and what it matches with a part repeated. */
export function hostileTexts(pattern: RegExp): ReadonlySet<string> {
  const texts = new Set<string>();
  const add = (before: string, repeated: string, after: string) => {
    if (repeated === '') return;
    const times = Math.floor((length - before.length - after.length) / repeated.length);
    for (const tail of tails) texts.add(`${before}${repeated.repeat(times)}${after}${tail}`);
  };
  for (const character of charactersOf(pattern)) add('', character, '');
  for (const [sample, from, to] of samplesOf(pattern))
    add(sample.slice(0, from), sample.slice(from, to), sample.slice(to));
  return texts;
}

/** Every character that the pattern names, and one of each class that it can name by a letter. */
const charactersOf = ({ source }: RegExp): ReadonlySet<string> => new Set(`${source}a0_ \n/`);

/** What the pattern matches, with two places in it. */
function samplesOf(pattern: RegExp): readonly (readonly [string, number, number])[] {
  const places = (text: string) =>
    fc
      .tuple(fc.constant(text), fc.nat(text.length), fc.nat(text.length))
      .map(([sample, a, b]) => [sample, Math.min(a, b), Math.max(a, b)] as const);
  const matching = fc.stringMatching(withoutAssertions(pattern), { size: '-1' });
  return fc.sample(matching.chain(places), { numRuns: 12, seed: 1 });
}

/** What an assertion looks for is then part of the text, which is as good here. */
const withoutAssertions = ({ source, flags }: RegExp): RegExp =>
  new RegExp(source.replaceAll(/\(\?<?[=!]/g, '(?:').replaceAll('\\b', ''), flags.replaceAll(/[gimy]/g, ''));
