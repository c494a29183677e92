import type { Term } from '../../scheduling/index.js';

/** The parts of a score and where they come from, in one line. */
export const termsText = (terms: readonly Term[]): string =>
  terms
    .map(({ name, value, detail }) => `${name} ${value.toFixed(3)}${detail === undefined ? '' : ` (${detail})`}`)
    .join(', ');
