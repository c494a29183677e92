import { expect, it } from 'vitest';
import { configurationBytes, configurationLength } from './configuration.js';

it('counts characters as CEL does, and bytes as the annotations will have them', () => {
  const item = {
    env: [{ name: 'A', value: '"ü😀' }],
    files: [{ name: 'f', content: 'ü' }],
    annotations: { k: 'v' },
  };
  expect(configurationLength(item)).toBe(4 + 2 + 2);
  expect(configurationBytes(item)).toBe(Buffer.byteLength('{"A":"\\"ü😀"}') + 3 + 2);
  expect(configurationLength({})).toBe(0);
});
