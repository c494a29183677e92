import { InternalError } from '../errors.js';

const newline = 0x0a;
/** An object is at most about 1.5 MB; its JSON in a watch may be some more. */
const longestLine = 16 * 2 ** 20;

/**
 * Cuts a stream of bytes into lines. The parts of an unfinished line are kept as they came and joined once, when its end
 * arrives: a large event costs its length, not its length times the number of packets.
 */
export class LineSplitter {
  #parts: Buffer[] = [];
  #length = 0;

  /** The lines that end in this chunk, without their newline; empty ones are left out. */
  *push(chunk: Buffer): Generator<string> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      const line = this.#finish(chunk.subarray(start, end));
      if (line !== '') yield line;
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** Whether a line has begun that has not ended: a stream that stops here was cut. */
  get unfinished(): boolean {
    return this.#length > 0;
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > longestLine) throw new InternalError(`a watch event of more than ${longestLine} bytes`);
    this.#parts.push(part);
  }

  #finish(last: Buffer): string {
    if (this.#length === 0) return last.toString('utf8');
    const line = Buffer.concat([...this.#parts, last]).toString('utf8');
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
