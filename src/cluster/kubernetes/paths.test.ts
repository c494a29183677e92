import { expect, test } from 'vitest';
import { Binding, Deployment, Lease, Namespace, Node, Pod, scaleOf } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import { collectionPath, listPath, objectPath, watchPath, writePath } from './paths.js';

const shop = { namespace: 'shop', name: 'web-1' };

test.each<[string, Kind<Resource>, string | undefined]>([
  ['/api/v1/namespaces/shop/pods', Pod, 'shop'],
  ['/api/v1/pods', Pod, undefined],
  ['/apis/apps/v1/namespaces/shop/deployments', Deployment, 'shop'],
  ['/apis/coordination.k8s.io/v1/leases', Lease, undefined],
  ['/api/v1/nodes', Node, undefined],
  ['/api/v1/namespaces', Namespace, 'ignored'],
])('%s holds what it should', (path, kind, namespace) => {
  expect(collectionPath(kind, namespace)).toBe(path);
});

test.each<[string, Kind<Resource>, string | undefined]>([
  ['/api/v1/namespaces/shop/pods/web-1', Pod, undefined],
  ['/api/v1/namespaces/shop/pods/web-1/resize', Pod, 'resize'],
  ['/api/v1/namespaces/shop/pods/web-1/binding', Binding, undefined],
  ['/apis/apps/v1/namespaces/shop/deployments/web-1/scale', scaleOf(Deployment), undefined],
])('%s is one object', (path, kind, subresource) => {
  expect(objectPath(kind, shop, subresource)).toBe(path);
});

test('a missing namespace is refused instead of meaning another path', () => {
  expect(() => objectPath(Pod, { name: 'web-1' })).toThrow('a Pod has a namespace');
  expect(objectPath(Node, { name: 'n1' })).toBe('/api/v1/nodes/n1');
});

test('names cannot leave their place in the path', () => {
  expect(objectPath(Pod, { namespace: '../x', name: 'a/b?c' })).toBe('/api/v1/namespaces/..%2Fx/pods/a%2Fb%3Fc');
});

test('parameters are encoded, absent ones left out', () => {
  expect(listPath(Pod, { namespace: 'shop', labels: 'app=web,tier in (a,b)', limit: 500 })).toBe(
    '/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb%2Ctier%20in%20(a%2Cb)&limit=500',
  );
  expect(listPath(Pod, { resourceVersion: '0' })).toBe('/api/v1/pods?resourceVersion=0');
  expect(listPath(Pod, { resourceVersion: '0', continue: 'next' })).toBe('/api/v1/pods?continue=next');
  expect(watchPath(Pod, { since: '17', fields: 'spec.nodeName=n1' }, 40)).toBe(
    '/api/v1/pods?watch=true&allowWatchBookmarks=true&fieldSelector=spec.nodeName%3Dn1&resourceVersion=17&timeoutSeconds=40',
  );
  expect(writePath('/api/v1/pods', {})).toBe('/api/v1/pods?fieldValidation=Strict');
  expect(writePath('/api/v1/pods', { fieldValidation: 'Ignore', dryRun: true })).toBe(
    '/api/v1/pods?fieldValidation=Ignore&dryRun=All',
  );
});
