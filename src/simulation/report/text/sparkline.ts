import type { Scale } from '../scale.js';

const levels = '▁▂▃▄▅▆▇█';

/** Values in a row of characters, means of neighbours where there is less room; a blank where there is none. */
export function sparkline(values: readonly (number | null)[], scale: Scale, width: number): string {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, at) => {
    const part = values
      .slice(Math.floor((at * values.length) / count), Math.floor(((at + 1) * values.length) / count))
      .filter((value) => value !== null)
      .map((value) => scale.at(value))
      .filter((place) => !Number.isNaN(place));
    if (part.length === 0) return ' ';
    const place = part.reduce((sum, one) => sum + one, 0) / part.length;
    return levels[Math.min(levels.length - 1, Math.floor(place * levels.length))] ?? ' ';
  }).join('');
}
