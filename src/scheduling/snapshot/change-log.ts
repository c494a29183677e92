/**
 * Which rows have changed, in order: what was computed for all rows is brought up to date by what has changed since, without a
 * look at all rows.
 */
export class ChangeLog {
  readonly #limit: number;
  #rows: number[] = [];
  /** Number of changes that were forgotten. */
  #forgotten: number;

  /** `limit`: so many changes are remembered; who has not looked for longer starts anew. */
  constructor(limit: number, from = 0) {
    this.#limit = limit;
    this.#forgotten = from;
  }

  /** Where it stands; handed to `since` later. */
  get position(): number {
    return this.#forgotten + this.#rows.length;
  }

  record(row: number): void {
    this.#rows.push(row);
    if (this.#rows.length > 2 * this.#limit) this.forget(this.#limit);
  }

  /** What was computed before counts no more: rows have come, or changed in what touches all. */
  reset(): void {
    // positions handed out so far must lie before what is forgotten
    this.#forgotten += this.#rows.length + 1;
    this.#rows = [];
  }

  /** Rows that have changed since, some of them more than once; `undefined`: too much has changed to say. */
  since(position: number): readonly number[] | undefined {
    return position < this.#forgotten ? undefined : this.#rows.slice(position - this.#forgotten);
  }

  copy(): ChangeLog {
    return new ChangeLog(this.#limit, this.position);
  }

  private forget(count: number): void {
    this.#rows.splice(0, count);
    this.#forgotten += count;
  }
}
