import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aClaim, aPool, ready, stocked } from '../../test/objects.js';
import { meshedSpec } from '../../test/admission.js';
import type { Container, Pod } from '../api/kubernetes.js';
import { latch } from '../api/latch.js';
import { seededRandom } from '../support/random.js';
import { changedImage } from './image.js';
import { secretPathOf } from './latch/pod-latch.js';
import { atMainContainer, mainContainerId, mainContainerName, withMainContainer } from './main-container.js';
import { isReadyForDelivery } from './pod-state.js';
import { coldPod, stockedPod } from './pod-template.js';
import { hasTemplateSize } from './stages/restock.js';
import { refusalOf } from './stages/resize/resources.js';

const container = (name: string): Container => ({ name, image: `${name}:1` });
const podOf = (names: readonly string[], annotations: Readonly<Record<string, string>> = {}) => ({
  metadata: { annotations },
  spec: { containers: names.map(container) },
});
const kubectls = 'kubectl.kubernetes.io/default-container';
const noted = 'penstock.dev/main-container';

describe('the main container', () => {
  it.each([
    ['is the first, where nothing else is said', podOf(['a', 'b']), 'a'],
    ['is the one that kubectl means by default', podOf(['a', 'b'], { [kubectls]: 'b' }), 'b'],
    ['is the first, where that one is not there', podOf(['a', 'b'], { [kubectls]: 'c' }), 'a'],
    ['is the one that was noted', podOf(['proxy', 'a', 'b'], { [noted]: 'b' }), 'b'],
    [
      'is the noted one, whatever a mesh has named since',
      podOf(['proxy', 'a'], { [noted]: 'a', [kubectls]: 'proxy' }),
      'a',
    ],
    ['is nowhere in a pod without containers', podOf([]), undefined],
  ])('%s', (_, pod, name) => {
    expect(mainContainerName(pod)).toBe(name);
  });

  it('is changed alone, in its place', () => {
    const changed = withMainContainer(podOf(['proxy', 'a', 'b'], { [noted]: 'a' }), (main) => ({
      ...main,
      image: 'x',
    }));
    expect(changed?.containers).toEqual([container('proxy'), { name: 'a', image: 'x' }, container('b')]);
  });

  it('is told in a JSON Patch by its place and its name', () => {
    expect(atMainContainer(podOf(['proxy', 'a'], { [noted]: 'a' }), 'image')).toEqual({
      path: '/spec/containers/1/image',
      test: { op: 'test', path: '/spec/containers/1/name', value: 'a' },
    });
  });
});

/** As the kubelet reports it: whatever admission has added is not ready yet. */
function reported(pod: Pod): Pod {
  const statuses = (pod.spec?.containers ?? []).map(({ name, image, resources }) => ({
    name,
    image: image ?? '',
    imageID: '',
    containerID: `id-of-${name}`,
    ready: name !== 'app',
    started: true,
    restartCount: 0,
    state: { running: {} },
    ...(resources && { resources }),
  }));
  return { ...pod, status: { ...ready, containerStatuses: statuses } };
}

it('is read alike, whatever admission puts beside it and wherever', () => {
  const resources = { requests: { cpu: '100m' }, limits: { cpu: '200m' } };
  const app = { ...container('app'), command: ['/app'], resources };
  const pool = aPool({
    latch: latch.parse({ mode: 'Exec' }),
    configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/run/secret' },
    template: { spec: { containers: [app, container('side')] } },
  });
  const larger = { name: 'a', count: 1, resources: { limits: { cpu: '300m' } } };
  const claim = aClaim({ items: [larger] });
  const slot = { index: 0, itemName: 'a', item: { ...larger, image: 'app:2' } };
  const delivery = { claim, slot, origin: 'cold', term: 1, now: 0 };
  const random = seededRandom('pods');
  const drafts = [stockedPod(pool, random), coldPod(pool, delivery, random)];
  const read = (pod: Pod) => ({
    id: mainContainerId(pod),
    secretPath: secretPathOf(pod),
    deliverable: isReadyForDelivery(pod),
    image: changedImage(pod, { image: 'app:2' }),
    size: hasTemplateSize(pod, pool),
    refusal: refusalOf({ resources: { limits: { cpu: '50m' } } }, pod),
  });
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(...drafts), (seed, { metadata, spec }) => {
      const alone = stocked('p', { metadata, spec }, pool);
      const meshed: Pod = { ...alone, spec: meshedSpec(alone.spec ?? { containers: [] }, seededRandom(seed)) };
      expect(meshed.spec?.containers).toHaveLength(3);
      expect(read(reported(meshed))).toEqual(read(reported(alone)));
    }),
  );
  expect(drafts.map((draft) => read(reported(stocked('p', { ...draft }, pool))))).toEqual([
    {
      id: 'id-of-app',
      secretPath: '/run/secret',
      deliverable: true,
      image: 'app:2',
      size: true,
      refusal: 'cpu: the request 100m would exceed the limit 50m',
    },
    {
      id: 'id-of-app',
      secretPath: '/run/secret',
      deliverable: true,
      image: undefined,
      size: false,
      refusal: 'cpu: the request 100m would exceed the limit 50m',
    },
  ]);
});
