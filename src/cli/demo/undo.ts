/** What has to be taken back, in reverse order; each step runs even if those before it failed. */
export class Undo {
  readonly #steps: (readonly [what: string, run: () => Promise<void>])[] = [];

  /** Before the deed, so that a deed which fails halfway is taken back too. */
  push(what: string, run: () => Promise<void>): void {
    this.#steps.push([what, run]);
  }

  /** Returns a sentence for each step that failed. */
  async run(report: (text: string) => void, wordsOf: (error: unknown) => string): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const [what, run] of this.#steps.splice(0).reverse()) {
      report(what);
      try {
        await run();
      } catch (error) {
        failures.push(`${what}: ${wordsOf(error)}`);
      }
    }
    return failures;
  }
}
