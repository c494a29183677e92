/**
 * The numbers of claims that somebody is filling at this moment: a claim itself, from stock or cold, or a migration. Only so that
 * the two of one process do not fill the same; of two containers with one number a claim keeps one in any case.
 */
export class Reserved {
  readonly #numbers = new Map<string, Map<number, number>>();

  /** Whether this number of the claim with that uid is being filled. */
  has(claim: string, number: number): boolean {
    return this.#numbers.get(claim)?.has(number) ?? false;
  }

  /** Until disposed of. */
  take(claim: string, numbers: readonly number[]): Disposable {
    const mine = this.#numbers.get(claim) ?? new Map<number, number>();
    if (numbers.length > 0) this.#numbers.set(claim, mine);
    for (const number of numbers) mine.set(number, (mine.get(number) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        for (const number of numbers) {
          const left = (mine.get(number) ?? 1) - 1;
          if (left > 0) mine.set(number, left);
          else mine.delete(number);
        }
        if (mine.size === 0) this.#numbers.delete(claim);
      },
    };
  }
}
