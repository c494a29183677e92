import type { Node } from '../../../api/kubernetes.js';

export type AddressType = 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS' | 'ExternalDNS';

/** metrics-server's own order in its manifests (`--kubelet-preferred-address-types`). */
export const defaultAddressTypes: readonly AddressType[] = ['InternalIP', 'ExternalIP', 'Hostname'];

const defaultPort = 10250;

/** A kubelet writes its addresses itself: what is no host stays out of URLs. */
const host = /^[0-9A-Za-z:._-]+$/;

/** Where the kubelet of a node answers, such as `https://10.0.0.1:10250`; `undefined` when the node has no such address. */
export function kubeletUrl(node: Node, types: readonly AddressType[] = defaultAddressTypes): string | undefined {
  const addresses = node.status?.addresses ?? [];
  for (const type of types) {
    const found = addresses.find((one) => one.type === type && host.test(one.address));
    if (!found) continue;
    const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || defaultPort;
    return `https://${found.address.includes(':') ? `[${found.address}]` : found.address}:${port}`;
  }
  return undefined;
}
