/** When nodes hold something, and how much of their cpu is occupied meanwhile: from jobs that start one after the other. */
export class NodeTime {
  /** For how long each row held at least one job. */
  readonly busy: Float64Array;
  /** Σ cpu · time of the jobs of each row. */
  readonly cpuTime: Float64Array;
  readonly #until: Float64Array;
  /** When the last job ends. */
  end = 0;

  constructor(rows: number) {
    this.busy = new Float64Array(rows);
    this.cpuTime = new Float64Array(rows);
    this.#until = new Float64Array(rows);
  }

  /** A job that runs on a row from `from` to `to`; none has started later. */
  add(row: number, from: number, to: number, cpu: number): void {
    const until = this.#until[row]!;
    // what runs already keeps the row busy until then
    this.busy[row]! += Math.max(0, to - Math.max(from, until));
    this.cpuTime[row]! += cpu * (to - from);
    this.#until[row] = Math.max(until, to);
    this.end = Math.max(this.end, to);
  }
}
