import colors from 'picocolors';
import type { Io, Output } from '../io.js';

/** Colours for a terminal; none where NO_COLOR is set, or where the text goes elsewhere. */
export function palette(output: Output, { NO_COLOR = '', TERM }: Io['environment']) {
  return colors.createColors(output.isTTY === true && NO_COLOR === '' && TERM !== 'dumb');
}

export type Colors = ReturnType<typeof palette>;
