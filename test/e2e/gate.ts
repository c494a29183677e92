import { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from '../../src/api/administration.js';
import { Namespace, Pod } from '../../src/api/kubernetes.js';
import { optIn } from '../../src/api/names.js';
import { gatePolicies } from '../../src/api/policies/gate.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { isGated } from '../../src/line/index.js';
import type { Clock } from '../../src/support/clock.js';
import { image } from './environment.js';

export interface GatePlace {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly namespace: string;
}

/** Puts the gate's policy into force, for one namespace only. Call what it returns to take it away. */
export async function closeGate({ cluster, clock, namespace }: GatePlace): Promise<() => Promise<void>> {
  const [policy, binding] = gatePolicies;
  const name = namespace;
  const { uid } = (await cluster.get(Namespace, { name })).metadata;
  // who is ended before it could clean up leaves the namespace at most: these go with it
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Namespace', name, uid }];
  await cluster.create(MutatingAdmissionPolicy, {
    ...policy,
    metadata: { ...policy.metadata, name, ownerReferences },
  });
  const open = async () => {
    await cluster.remove(MutatingAdmissionPolicyBinding, { name });
    await cluster.remove(MutatingAdmissionPolicy, { name });
  };
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
  await cluster.create(MutatingAdmissionPolicyBinding, {
    ...binding,
    metadata: { ...binding.metadata, name, ownerReferences },
    spec: { policyName: name, matchResources },
  });
  // the server compiles policies some time after it has stored them
  for (let tries = 0; tries < 300; tries++) {
    if (isGated(await cluster.create(Pod, probe(namespace), { dryRun: true }))) return open;
    await clock.sleep(100);
  }
  await open();
  throw new Error('the policy of the gate is not in force after 30 s');
}

/** As a ReplicaSet makes it, of a template that asks for the gate. */
const probe = (namespace: string) => ({
  metadata: {
    namespace,
    name: 'probe',
    annotations: { [optIn.gate]: 'true' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'probe', uid: 'probe', controller: true }],
  },
  spec: { containers: [{ name: 'main', image }] },
});
