import { expect, test } from 'vitest';
import { aNode } from '../../../../test/scheduler/nodes.js';
import { kubeletUrl } from './address.js';

const withAddresses = (...addresses: readonly (readonly [string, string])[]) => ({
  ...aNode('a', { port: 10_260 }),
  status: { addresses: addresses.map(([type, address]) => ({ type, address })) },
});

test.each([
  [
    'its internal address first',
    withAddresses(['Hostname', 'a'], ['InternalIP', '10.0.0.1']),
    'https://10.0.0.1:10250',
  ],
  ['its host name when it has nothing else', withAddresses(['Hostname', 'a.example']), 'https://a.example:10250'],
  ['an address of IPv6 in brackets', withAddresses(['InternalIP', 'fd00::1']), 'https://[fd00::1]:10250'],
  ['the port that it states', aNode('a', { port: 10_260 }), 'https://127.0.0.1:10260'],
  ['no address of another type', withAddresses(['InternalDNS', 'a']), undefined],
  ['no address that would change the URL', withAddresses(['InternalIP', 'x/pods?@y']), undefined],
  ['no address when it has none', { ...aNode('a'), status: {} }, undefined],
])('A kubelet is asked at %s', (_what, node, url) => {
  expect(kubeletUrl(node)).toBe(url);
});

test('A kubelet is asked at the first of the types that are preferred', () => {
  const node = withAddresses(['InternalIP', '10.0.0.1'], ['ExternalDNS', 'a.example']);
  expect(kubeletUrl(node, ['ExternalDNS', 'InternalIP'])).toBe('https://a.example:10250');
});
