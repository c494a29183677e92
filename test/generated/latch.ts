import { readFileSync } from 'node:fs';

/** src/line/latch/script.ts: the latch and its installer as text, for the specs of pods. From the repository's root. */
export function latchModule(): string {
  return `// Made from deploy/latch by \`npm run generate\`: change it there.
/* oxlint-disable max-lines */

/** What a latched container runs: see docs/reference/latch.md. */
export const latchScript = ${literal(stripped('deploy/latch/latch.sh'))};

/** What the init container runs, as \`sh -c latchInstaller FOLDER latchScript\`. */
export const latchInstaller = ${literal(stripped('deploy/latch/install.sh'))};
`;
}

/** Without comments and indentation, which every pod's spec would carry. The scripts have no text that needs either. */
function stripped(path: string): string {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
}

function literal(text: string): string {
  return `\`${text.replace(/[\\`]|\$\{/g, '\\$&')}\``;
}
