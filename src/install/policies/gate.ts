import { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from '../../api/administration.js';
import { gatePolicies } from '../../api/policies/gate.js';
import { type Part, part } from '../part.js';

/** Lets pods wait until it is known whether the stock has containers for them; only those whose template asks for it. */
export function gatePolicy(): readonly Part[] {
  const [policy, binding] = gatePolicies;
  return [part(MutatingAdmissionPolicy, policy, 'gate'), part(MutatingAdmissionPolicyBinding, binding, 'gate')];
}
