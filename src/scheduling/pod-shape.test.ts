import { describe, expect, test } from 'vitest';
import type { Pod } from '../api/kubernetes.js';
import { placedShape, shapeSource } from './pod-shape.js';

const pod = (changes: { metadata?: object; spec?: object; status?: object } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'default',
    uid: 'p',
    resourceVersion: '1',
    creationTimestamp: '',
    labels: { app: 'web' },
    ...changes.metadata,
  },
  spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }], ...changes.spec },
  ...(changes.status && { status: changes.status }),
});

const held = { name: 'main', resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '2' } };

describe('the source of a shape', () => {
  test.each<[string, Pod]>([
    ['namespace', pod({ metadata: { namespace: 'other' } })],
    ['labels', pod({ metadata: { labels: { app: 'db' } } })],
    ['estimate', pod({ metadata: { annotations: { 'estimate.penstock.dev/cpu': '500m' } } })],
    ['priority', pod({ spec: { priority: 7 } })],
    ['node selector', pod({ spec: { nodeSelector: { disk: 'ssd' } } })],
    ['requests', pod({ spec: { containers: [{ name: 'main', resources: { requests: { cpu: '2' } } }] } })],
    ['what is held while it is resized', pod({ spec: { nodeName: 'n' }, status: { containerStatuses: [held] } })],
    ['what a sidecar holds', pod({ spec: { nodeName: 'n' }, status: { initContainerStatuses: [held] } })],
    ['a resize that cannot be', pod({ status: { conditions: [{ type: 'PodResizePending', reason: 'Infeasible' }] } })],
    ['what the whole pod holds', pod({ status: { resources: { requests: { cpu: '2' } } } })],
    ['what the whole pod is allotted', pod({ status: { allocatedResources: { cpu: '2' } } })],
  ])('differs with the %s', (_what, other) => {
    expect(shapeSource(other)).not.toBe(shapeSource(pod()));
  });

  test.each<[string, Pod]>([
    ['name and version', pod({ metadata: { name: 'q', uid: 'q', resourceVersion: '2' } })],
    ['other annotations', pod({ metadata: { annotations: { 'penstock.dev/env': '{}' } } })],
    ['node', pod({ spec: { nodeName: 'n' } })],
    ['phase', pod({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })],
  ])('is the same whatever its %s, and so is the shape', (_what, other) => {
    expect(shapeSource(other)).toBe(shapeSource(pod()));
    expect(placedShape(other).key).toBe(placedShape(pod()).key);
  });
});
