import { describe, expect, it } from 'vitest';
import { aPool, ready, stocked } from '../../../test/objects.js';
import type { PodSpec } from '../../api/kubernetes.js';
import { hasTemplateSize } from './restock.js';

type Resources = NonNullable<PodSpec['containers'][number]['resources']>;

const spec = (resources: Resources): PodSpec => ({
  containers: [{ name: 'main', image: 'registry.test/app:1', resources }],
});
const running = { name: 'main', image: '', imageID: '', ready: true, restartCount: 0 };
const pod = (resources: Resources, reported = resources) =>
  stocked('pod', {
    spec: spec(resources),
    status: {
      ...ready,
      containerStatuses: [{ ...running, resources: reported }],
    },
  });

describe('a container has the size of its template', () => {
  const template = aPool({ template: { spec: spec({ limits: { cpu: '100m' } }) } });

  it.each([
    ['as stated', pod({ limits: { cpu: '100m' } }), true],
    [
      'with what the server and a LimitRange have added',
      pod({ requests: { cpu: '100m', memory: '1Mi' }, limits: { cpu: '0.1' } }),
      true,
    ],
    ['not, when it was resized', pod({ limits: { cpu: '200m' } }), false],
    ['not before the kubelet says so', pod({ limits: { cpu: '100m' } }, { limits: { cpu: '200m' } }), false],
  ])('%s', (_, container, has) => {
    expect(hasTemplateSize(container, template)).toBe(has);
  });
});
