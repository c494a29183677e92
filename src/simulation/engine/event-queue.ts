/**
 * What is to happen, by time: a binary heap over typed arrays, without an object for each event. Events of equal time come in the order in
 * which they were added, so that a run is the same on every machine.
 */
export class EventQueue {
  /** Of the event that `next` went to. */
  time = Number.NaN;
  kind = -1;
  payload = -1;
  #size = 0;
  #added = 0;
  #times: Float64Array;
  /** How many were added before each: 2⁵³ are enough, 2³² might not be. */
  #orders: Float64Array;
  #kinds: Int32Array;
  #payloads: Int32Array;

  /** @param room for how many events there is room at first; it grows. */
  constructor(room = 1024) {
    const length = Math.max(room, 2);
    this.#times = new Float64Array(length);
    this.#orders = new Float64Array(length);
    this.#kinds = new Int32Array(length);
    this.#payloads = new Int32Array(length);
  }

  get size(): number {
    return this.#size;
  }

  /** When the next event is; ∞: there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] ?? Infinity);
  }

  /**
   * @param kind what happens, a number that the caller gives a meaning
   * @param payload to whom, an integer of 32 bits
   * @throws RangeError for a time that is no number
   */
  push(time: number, kind: number, payload: number): void {
    if (Number.isNaN(time)) throw new RangeError('an event needs a time');
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    let hole = this.#size++;
    // a new event comes after all of the same time: only an earlier one goes up
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (time >= times[parent]!) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#set(hole, time, this.#added++, kind, payload);
  }

  /** Goes to the next event, which leaves the queue; false: there is none. */
  next(): boolean {
    if (this.#size === 0) return false;
    this.time = this.#times[0]!;
    this.kind = this.#kinds[0]!;
    this.payload = this.#payloads[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    return true;
  }

  /** Puts the last event in the place of the first, and down to where it belongs. */
  #sink(last: number): void {
    const [times, orders] = [this.#times, this.#orders];
    const [time, order] = [times[last]!, orders[last]!];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      const [left, right] = [times[child]!, times[child + 1]!];
      if (child + 1 < last && (right < left || (right === left && orders[child + 1]! < orders[child]!))) child++;
      const least = times[child]!;
      if (time < least || (time === least && order < orders[child]!)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#set(hole, time, order, this.#kinds[last]!, this.#payloads[last]!);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#times[from]!, this.#orders[from]!, this.#kinds[from]!, this.#payloads[from]!);
  }

  #set(at: number, time: number, order: number, kind: number, payload: number): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#kinds[at] = kind;
    this.#payloads[at] = payload;
  }

  #grow(): void {
    const length = 2 * this.#times.length;
    this.#times = floats(this.#times, length);
    this.#orders = floats(this.#orders, length);
    this.#kinds = integers(this.#kinds, length);
    this.#payloads = integers(this.#payloads, length);
  }
}

function floats(from: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(from);
  return larger;
}

function integers(from: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(from);
  return larger;
}
