/** What all suites before have left on the node: this file runs last (vitest.e2e.config.ts). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lacks } from './environment.js';
import { Place } from './place.js';
import { containersOfSuites } from './runtime.js';

let place: Place;
beforeAll(async () => {
  place = await Place.open('left-behind');
});
afterAll(() => place?.close());

// the kubelet takes sandboxes away once a minute: waited for here, once for all suites
it.skipIf(lacks('containers left in the runtime', ['runtime']))(
  'The suites leave no container in the runtime',
  async () => {
    expect(await place.until('no containers to be left', containersOfSuites, (seen) => seen.length === 0)).toEqual([]);
  },
);
