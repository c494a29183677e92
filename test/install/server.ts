/** What tests of an installation ask a real API server that the Cluster port does not know. */
import https from 'node:https';
import { ServiceAccount } from '../../src/api/kubernetes.js';
import { kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { operatorName } from '../../src/install/names.js';
import type { ControlPlane } from '../control-plane/control-plane.js';

type TokenRequest = Resource & {
  readonly spec: { readonly expirationSeconds: number };
  readonly status?: { readonly token: string };
};

const TokenRequest = kind<TokenRequest>({
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'serviceaccounts',
  name: 'TokenRequest',
  namespaced: true,
  below: { parent: ServiceAccount, path: 'token' },
});

/** A token of a service account, the operator's unless another is named, as its pods get one. */
export async function tokenOf(cluster: Cluster, namespace: string, name = operatorName): Promise<string> {
  const { status } = await cluster.create(TokenRequest, {
    metadata: { namespace, name },
    spec: { expirationSeconds: 3600 },
  });
  if (!status) throw new Error('the server gave no token');
  return status.token;
}

/** The API server's own metrics, in Prometheus' text format. */
export function metricsOf({ url, adminToken, ca }: ControlPlane): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${adminToken}` };
    const request = https.get(`${url}/metrics`, { headers, ca, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}
