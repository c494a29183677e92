import { describe, expect, it } from 'vitest';
import { aClaim, aPool, stocked } from '../../test/objects.js';
import type { PodSpec } from '../api/kubernetes.js';
import { objectionTo } from './admission.js';

const sized = (resources: NonNullable<PodSpec['containers'][number]['resources']>): PodSpec => ({
  containers: [{ name: 'main', image: 'registry.test/app:1', resources }],
});
const larger = aClaim({ items: [{ name: 'a', count: 3, resources: { limits: { cpu: '200m' } } }] });

describe('objectionTo, of a claim that resizes', () => {
  const amounts = { cpu: '100m', memory: '64Mi' };
  const guaranteed = sized({ requests: amounts, limits: amounts });
  const burstable = sized({ requests: { cpu: '50m' }, limits: { cpu: '100m' } });
  const none = sized({});

  it.each([
    ['a template that fits', burstable, undefined, /^none$/],
    ['a template of another class', guaranteed, undefined, /from Guaranteed to Burstable/],
    ['a container to which the server has added requests', sized({ limits: amounts }), guaranteed, /from Guaranteed/],
    ['a template without a size, which may get one from a LimitRange', none, undefined, /^none$/],
    ['a container that got a size from a LimitRange', none, burstable, /^none$/],
    ['a container that got none', none, none, /from BestEffort to Burstable/],
  ])('%s', (_, spec, made, objection) => {
    const said = objectionTo(larger, aPool({ template: { spec } }), made && stocked('made', { spec: made })) ?? 'none';
    expect(said).toMatch(objection);
  });
});
