/** So many values are known at most; then all are forgotten, and what comes is held once more. */
const most = 2000;

/** Values of which one is held in place of all that are equal to it. */
export class Interned<T extends object | string> {
  readonly #known = new Map<string, T>();

  /** A value that is equal to `value` in JSON: `before` if that is, else the first that was asked for. */
  alike(value: T, before?: T): T {
    const text = textOf(value);
    if (before !== undefined && textOf(before) === text) return before;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}

const textOf = (value: object | string): string => (typeof value === 'string' ? value : JSON.stringify(value));
