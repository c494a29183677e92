import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kubernetes.js';
import { createScorePolicy } from '../../scheduling/index.js';
import { SchedulerCache } from '../cache/scheduler-cache.js';
import { Extender } from './extender.js';
import { extenderRoutes } from './handler.js';

const node = (name: string, cpu: string, unschedulable = false): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: {} },
  spec: { unschedulable },
  status: { allocatable: { cpu, memory: '8Gi', pods: '10' } },
});

const pod = (cpu: string, nodeName?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
  spec: {
    containers: [{ name: 'main', resources: { requests: { cpu } } }],
    ...(nodeName !== undefined && { nodeName }),
  },
});

/** Nodes of 4 cores; `half` has a pod of 2, `full` one of 4, `closed` is cordoned. */
function routes(ready: () => string | undefined = () => undefined) {
  const cache = new SchedulerCache();
  for (const name of ['empty', 'half', 'full', 'closed']) cache.setNode(node(name, '4', name === 'closed'));
  for (const [name, cpu] of [
    ['half', '2'],
    ['full', '4'],
  ] as const) {
    const one = pod(cpu, name);
    cache.observe({ ...one, metadata: { ...one.metadata, name: `on-${name}`, uid: name } });
  }
  const profiles = [{ schedulerName: 'penstock-scheduler', policy: createScorePolicy('balance') }];
  return extenderRoutes(new Extender(cache, profiles), ready);
}

const names = ['empty', 'half', 'full', 'closed', 'strange'];

describe('the extender', () => {
  test('keeps the names of the nodes that can take the pod, and says why not of the others', () => {
    expect(routes()['/filter']?.({ Pod: pod('1'), NodeNames: names, Nodes: null })).toEqual({
      status: 200,
      body: {
        NodeNames: ['empty', 'half'],
        FailedNodes: { full: 'Insufficient cpu', strange: 'node(s) not known to penstock extender yet' },
        FailedAndUnresolvableNodes: { closed: 'node(s) were unschedulable' },
      },
    });
  });

  test('leaves the volumes of a pod to the filters of kube-scheduler', () => {
    const { spec, ...one } = pod('1');
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const claiming: Pod = { ...one, spec: { containers: [], ...spec, volumes } };
    const answer = routes()['/filter']?.({ Pod: claiming, NodeNames: ['empty'], Nodes: null });
    expect(answer?.body).toMatchObject({ NodeNames: ['empty'], FailedNodes: {}, FailedAndUnresolvableNodes: {} });
  });

  test('gives whole nodes back to a scheduler that sends whole nodes', () => {
    const items = [node('full', '4'), node('empty', '4')];
    const answer = routes()['/filter']?.({ Pod: pod('1'), Nodes: { items } });
    expect(answer?.body).toMatchObject({ Nodes: { kind: 'NodeList', items: [items[1]] } });
    expect(answer?.body).not.toHaveProperty('NodeNames');
  });

  test('gives the best of the candidates 10 and the worst 0, the others in proportion', () => {
    // Q* of cpu with 1 core more: 0.25, 0.75 and 1.25 (over the threshold of 0.9, and so far behind)
    expect(routes()['/prioritize']?.({ Pod: pod('1'), NodeNames: ['empty', 'half', 'full'] })?.body).toEqual([
      { Host: 'empty', Score: 10 },
      { Host: 'half', Score: expect.toSatisfy((score: number) => score > 0 && score <= 10) },
      { Host: 'full', Score: 0 },
    ]);
    expect(routes()['/prioritize']?.({ Pod: pod('1'), NodeNames: ['empty', 'half'] })?.body).toEqual([
      { Host: 'empty', Score: 10 },
      { Host: 'half', Score: 0 },
    ]);
  });

  test('gives equal candidates the same, and one that it does not know nothing', () => {
    expect(routes()['/prioritize']?.({ Pod: pod('1'), NodeNames: ['half', 'strange'] })?.body).toEqual([
      { Host: 'half', Score: 10 },
      { Host: 'strange', Score: 0 },
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['a pod without containers', { Pod: { metadata: { name: 'p' }, spec: {} }, NodeNames: [] }],
    ['names that are none', { Pod: pod('1'), NodeNames: [1] }],
  ])('refuses %s', (_, body) => {
    expect(routes()['/filter']?.(body)).toMatchObject({ status: 400, body: { Error: expect.any(String) } });
  });

  test('says that it cannot answer yet while its cache is not complete', () => {
    const answer = routes(() => 'not everything is listed yet')['/filter']?.({ Pod: pod('1'), NodeNames: names });
    expect(answer).toEqual({ status: 503, body: { Error: 'not everything is listed yet' } });
  });
});
