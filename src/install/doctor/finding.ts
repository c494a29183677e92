/** Worse and worse: as it should be, not to be seen with the asker's rights, works but not well, does not work. */
export type Verdict = 'ok' | 'unknown' | 'warning' | 'problem';

/** What an examination found out about one thing. */
export interface Finding {
  /** What was looked at, in a word. */
  readonly check: string;
  readonly verdict: Verdict;
  readonly sentence: string;
  /** What to do about it. */
  readonly cure?: string;
}

/** The findings of one check. */
export const findingsOf = (check: string) => ({
  ok: (sentence: string): Finding => ({ check, verdict: 'ok', sentence }),
  unknown: (why: string): Finding => ({ check, verdict: 'unknown', sentence: `not looked at: ${why}` }),
  warning: (sentence: string, cure: string): Finding => ({ check, verdict: 'warning', sentence, cure }),
  problem: (sentence: string, cure: string): Finding => ({ check, verdict: 'problem', sentence, cure }),
});

/** So many are named; the rest is counted. */
const mostNamed = 5;

/** `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  if (names.length <= mostNamed) return names.join(', ');
  return `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`;
}

/** `1 pool`, `2 pools`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
