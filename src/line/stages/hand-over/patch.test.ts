import { expect, it } from 'vitest';
import { aClaim, now, stocked } from '../../../../test/objects.js';
import { annotations } from '../../../api/names.js';
import { handOverPatch } from './patch.js';
import { toClaim } from './to-claim.js';

it('a hand-over with another image tests who stands where the image is changed', () => {
  const containers = ['proxy', 'app'].map((name) => ({ name, image: `${name}:1` }));
  const pod = stocked('p', {
    metadata: { annotations: { [annotations.mainContainer]: 'app' } },
    spec: { containers },
  });
  const slot = { index: 0, itemName: 'a', item: { name: 'a', count: 1, image: 'app:2' } };
  const target = toClaim({ claim: aClaim(), slot, pod, origin: 'stock' }, { term: 1, now });
  const patch = handOverPatch(pod, target, now);
  const about = patch.type === 'json' ? patch.operations.filter(({ path }) => path.startsWith('/spec')) : [];
  expect(about).toEqual([
    { op: 'test', path: '/spec/containers/1/name', value: 'app' },
    { op: 'test', path: '/spec/containers/1/image', value: 'app:1' },
    { op: 'replace', path: '/spec/containers/1/image', value: 'app:2' },
  ]);
});
