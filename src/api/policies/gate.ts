/** What holds the pods of a Deployment back until it is known whether the stock has containers for them. */
import { optIn, stockGate } from '../names.js';

const name = 'penstock-stock-gate';
const labels = { 'app.kubernetes.io/name': 'penstock', 'app.kubernetes.io/part-of': 'penstock' };
const apiVersion = 'admissionregistration.k8s.io/v1';

/** In CEL, of a pod: the keys of maps are chosen with brackets, as they have dots and slashes. */
const opted = `has(object.metadata.annotations) && '${optIn.gate}' in object.metadata.annotations && object.metadata.annotations['${optIn.gate}'] == 'true'`;
const ofReplicaSet =
  "has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, o.kind == 'ReplicaSet' && has(o.controller) && o.controller)";
const notYet = `!has(object.spec.schedulingGates) || !object.spec.schedulingGates.exists(g, g.name == '${stockGate}')`;
const notBound = "!has(object.spec.nodeName) || object.spec.nodeName == ''";

const policy = {
  apiVersion,
  kind: 'MutatingAdmissionPolicy',
  metadata: { name, labels },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    matchConditions: [
      { name: 'opted-in', expression: opted },
      { name: 'of-a-replicaset', expression: ofReplicaSet },
      { name: 'not-gated-yet', expression: notYet },
      { name: 'not-bound', expression: notBound },
    ],
    // a pod that is not gated starts cold, which is better than one that cannot be created
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'Never',
    mutations: [
      {
        // not a JSONPatch: with a list of objects as value, API servers of 1.36 panic
        patchType: 'ApplyConfiguration',
        applyConfiguration: {
          expression: `Object{spec: Object.spec{schedulingGates: [Object.spec.schedulingGates{name: "${stockGate}"}]}}`,
        },
      },
    ],
  },
};

const binding = {
  apiVersion,
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: { name, labels },
  spec: { policyName: name },
};

/**
 * A MutatingAdmissionPolicy and its binding, for clusters of 1.36 and newer: pods that a ReplicaSet makes from a template
 * with the annotation `penstock.dev/gate: "true"` get the scheduling gate `penstock.dev/stock`, which only the operator
 * lifts. Templates without the annotation are not touched, whether or not the policy is installed.
 */
export const gatePolicies = [policy, binding] as const;
