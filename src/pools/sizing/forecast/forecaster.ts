/**
 * Foretells for each period the most that will be asked for within one lead time, from the periods before it. One file
 * each; pure. What makes a stock of a forecast is the margin that its own errors ask for (`choose.ts`).
 */
export interface Forecaster {
  readonly name: string;
  /** What it goes by, to follow `going by …`. */
  readonly basis: string;
  /**
   * @param peaks by period, oldest first
   * @param first the number of the first period, counted from the Unix epoch: where in day and week it stands
   * @param from index of the first period to foretell
   * @returns one forecast for each index from `from` to `peaks.length`, that is, one past the last known; each from what was
   * before it only; none below 0
   */
  forecast(peaks: Float64Array, first: number, from: number): Float64Array;
}
