/** The page about the library has everything that the library has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Claim } from '../../src/client/claim.js';
import { errorCodes } from '../../src/client/errors.js';
import { Penstock } from '../../src/client/penstock.js';
import { TestCluster } from '../../src/client/testing.js';

const page = readFileSync('docs/reference/client.md', 'utf8');
const missing = (names: readonly string[], shown: (name: string) => string = (name) => name) =>
  names.filter((name) => !page.includes(shown(name)));

test.each(['library', 'testing'])('what %s.ts exports', (module) => {
  const source = readFileSync(`src/client/${module}.ts`, 'utf8');
  const listed = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','));
  const declared = [...source.matchAll(/^export (?:type|const|class|interface) (\w+)/gm)].map(([, name = '']) => name);
  const names = [...listed.map((name) => name.replace('type ', '').trim()), ...declared].filter((name) => name !== '');
  expect(names.length).toBeGreaterThan(1);
  expect(missing(names)).toEqual([]);
});

test.each([
  ['Penstock', Penstock.prototype],
  ['Claim', Claim.prototype],
  ['TestCluster', TestCluster.prototype],
])('the calls of a %s', (_, prototype) => {
  const calls = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  expect(missing(calls, (name) => `\`${name}(`)).toEqual([]);
});

test('the codes of errors, with their meaning', () => {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  expect(missing(rows)).toEqual([]);
});
