/** One thing that must never be, and was. */
export interface Violation {
  readonly rule: string;
  readonly what: string;
  /** Names of the objects that it is about: what a trace shows. */
  readonly about: readonly string[];
}

export const violation = (rule: string, what: string, ...about: readonly string[]): Violation => ({
  rule,
  what,
  about,
});
