/** So many values are known at most; then all are forgotten, and what comes is held once more. */
const most = 2000;

/** Values of which one is held in place of all that are alike. */
export class Interned<T> {
  readonly #known = new Map<string, T>();

  /** The value that `make` gave for this text first. */
  of(text: string, make: () => T): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= most) this.#known.clear();
    const made = make();
    this.#known.set(text, made);
    return made;
  }
}
