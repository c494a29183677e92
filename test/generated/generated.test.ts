import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedFiles } from './files.js';

it.each([...generatedFiles()])('%s is what the source says', (path, text) => {
  const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
  expect(found === text, `${path} is stale: run \`npm run generate\` and commit what it writes`).toBe(true);
});
