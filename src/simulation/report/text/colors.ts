import colors from 'picocolors';

/** Colours of a terminal, or none. */
export type Paint = ReturnType<typeof colors.createColors>;

export const paintFor = (color: boolean): Paint => colors.createColors(color);

/** The colour of a series: what there is in every terminal. */
export function paintOf(paint: Paint, series: number): (text: string) => string {
  const all = [paint.blue, paint.yellow, paint.green, paint.magenta, paint.cyan, paint.red];
  return all[series % all.length] ?? String;
}
