/** As whom a suite's programs read the use of nodes: an account with the rights that an installation would give, and no others. */
import { ClusterRole, ClusterRoleBinding } from '../../src/api/administration.js';
import { ServiceAccount } from '../../src/api/kubernetes.js';
import { type Right, ruleOf } from '../../src/install/rights/right.js';
import type { HttpClient } from '../../src/runtime/index.js';
import {
  kubeletRights,
  KubeletSource,
  type KubeletSourceOptions,
  readerCredentials,
} from '../../src/scheduler/use/index.js';
import { silentLogger } from '../../src/support/log.js';
import type { Place } from './place.js';

/** Its account's name, in the namespace of the suite. */
export const useReader = 'use-reader';

export async function createReader(
  { cluster, namespace }: Place,
  name = useReader,
  rights: readonly Right[] = kubeletRights,
): Promise<void> {
  await cluster.create(ServiceAccount, { metadata: { namespace, name } });
  const metadata = { name: `${namespace}-${name}` };
  const apiGroup = 'rbac.authorization.k8s.io';
  await cluster.create(ClusterRole, { metadata, rules: rights.map(ruleOf) });
  await cluster.create(ClusterRoleBinding, {
    metadata,
    roleRef: { apiGroup, kind: 'ClusterRole', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  });
}

/** Takes its rights away; the account goes with the namespace. */
export async function removeReader({ cluster, namespace }: Place, name = useReader): Promise<void> {
  for (const kind of [ClusterRoleBinding, ClusterRole])
    await cluster.remove(kind, { name: `${namespace}-${name}` }).catch(() => undefined);
}

/** The kubelets, asked as this account. Those of test clusters sign their own certificates. */
export function kubeletsAs(
  name: string,
  { cluster, clock, namespace }: Place,
  http: HttpClient,
  options: Partial<KubeletSourceOptions> = {},
): KubeletSource {
  const credentials = readerCredentials(cluster, { namespace, name }, clock, silentLogger);
  return new KubeletSource({ http, clock, credentials, insecureSkipTLSVerify: true, ...options });
}
