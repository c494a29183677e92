import { CodedError, exitCodes } from '../../support/errors.js';

/** Where in a trace: a file and, as far as they make sense, a line and a column. */
export interface TracePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: string;
}

const shown = ({ file, line, column }: TracePlace): string =>
  [file, ...(line === undefined ? [] : [String(line)])].join(':') + (column === undefined ? '' : `, column ${column}`);

export const malformed = (place: TracePlace, reason: string): CodedError =>
  new CodedError(
    'MALFORMED_TRACE',
    `${shown(place)}: ${reason}`,
    'mend the trace, or leave out what cannot be read with --skip-bad',
    exitCodes.invalid,
  );

/** What cannot be read of a trace: the first ends it, unless they are to be skipped; then they are counted. */
export class BadRecords {
  #count = 0;
  #first: string | undefined;

  constructor(private readonly skip: boolean) {}

  /** @throws CodedError `MALFORMED_TRACE` unless bad records are skipped */
  add(place: TracePlace, reason: string): void {
    if (!this.skip) throw malformed(place, reason);
    this.#count++;
    this.#first ??= `${shown(place)}: ${reason}`;
  }

  get count(): number {
    return this.#count;
  }

  /** What a result must say of them. */
  notes(): readonly string[] {
    if (this.#first === undefined) return [];
    return [
      `${this.#count} bad ${this.#count === 1 ? 'record was' : 'records were'} skipped, the first: ${this.#first}`,
    ];
  }
}
