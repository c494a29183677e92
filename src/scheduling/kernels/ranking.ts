/**
 * Feasible rows by score: a binary heap over typed arrays that knows where each row stands, so that one row can be scored anew
 * in logarithmic time. The best comes first, of equal ones that with the least in `ties`, then the lowest row: as `argmax` has it.
 */
export class Ranking {
  readonly #scores: Float64Array;
  readonly #ties: Float64Array;
  /** Rows, as a heap. */
  readonly #heap: Int32Array;
  /** Where a row stands in the heap; -1: nowhere. */
  readonly #positions: Int32Array;
  #size = 0;

  /** Takes the scores of the feasible rows, in one pass. */
  constructor(scores: Float64Array, ties: Float64Array, feasible: Uint8Array, rows: number) {
    this.#scores = scores.slice(0, rows);
    this.#ties = ties.slice(0, rows);
    this.#heap = new Int32Array(rows);
    this.#positions = new Int32Array(rows).fill(-1);
    for (let row = 0; row < rows; row++) if (feasible[row] === 1) this.#append(row);
    for (let index = (this.#size >> 1) - 1; index >= 0; index--) this.#sink(index);
  }

  /** The best row; -1: there is none. */
  get best(): number {
    return this.#size > 0 ? this.#heap[0]! : -1;
  }

  /** A row has another score, or can be chosen again. */
  set(row: number, score: number, tie: number): void {
    this.#scores[row] = score;
    this.#ties[row] = tie;
    if (this.#positions[row]! < 0) this.#append(row);
    this.#swim(this.#positions[row]!);
    this.#sink(this.#positions[row]!);
  }

  /** A row cannot be chosen any more. */
  delete(row: number): void {
    const index = this.#positions[row]!;
    if (index < 0) return;
    const last = this.#heap[--this.#size]!;
    this.#positions[row] = -1;
    if (last === row) return;
    this.#heap[index] = last;
    this.#positions[last] = index;
    this.#swim(index);
    this.#sink(this.#positions[last]);
  }

  #append(row: number): void {
    this.#heap[this.#size] = row;
    this.#positions[row] = this.#size++;
  }

  #swim(index: number): void {
    const row = this.#heap[index]!;
    let at = index;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent]!;
      if (!this.#isBefore(row, above)) break;
      this.#heap[at] = above;
      this.#positions[above] = at;
      at = parent;
    }
    this.#heap[at] = row;
    this.#positions[row] = at;
  }

  #sink(index: number): void {
    const row = this.#heap[index]!;
    let at = index;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      const below = this.#heap[child]!;
      if (!this.#isBefore(below, row)) break;
      this.#heap[at] = below;
      this.#positions[below] = at;
      at = child;
    }
    this.#heap[at] = row;
    this.#positions[row] = at;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#scores[a]! - this.#scores[b]!;
    if (difference !== 0) return difference > 0;
    const tie = this.#ties[a]! - this.#ties[b]!;
    return tie < 0 || (tie === 0 && a < b);
  }
}
