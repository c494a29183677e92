/** Command lines and what they do, for the end of a command's help. */
export function examples(...lines: readonly (readonly [line: string, about: string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  return ['', 'Examples:', ...lines.map(([line, about]) => `  ${line.padEnd(width)}   # ${about}`), ''].join('\n');
}
