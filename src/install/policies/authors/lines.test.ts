import { expect, it } from 'vitest';
import { commandSettings, secretSettings } from './lines.js';

it('every setting of a stage that names a Secret, or a program for a container, is known', () => {
  const dotted = (paths: readonly (readonly string[])[]) => paths.map((path) => path.join('.')).sort();
  expect(dotted(secretSettings)).toEqual(['http.secret', 'secret', 'webhook.secret']);
  expect(dotted(commandSettings)).toEqual(['exec']);
});
