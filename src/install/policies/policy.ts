import {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  type ValidatingAdmissionPolicySpec,
} from '../../api/administration.js';
import { partOf } from '../names.js';
import { type Feature, type Part, part } from '../part.js';

type Spec = Omit<ValidatingAdmissionPolicySpec, 'failurePolicy'>;

/** A policy that refuses what it cannot judge, and the binding without which it does nothing. */
export function validatingPolicy(name: string, spec: Spec, feature: Feature): readonly Part[] {
  const metadata = { name, labels: partOf };
  return [
    part(ValidatingAdmissionPolicy, { metadata, spec: { failurePolicy: 'Fail', ...spec } }, feature),
    part(
      ValidatingAdmissionPolicyBinding,
      { metadata, spec: { policyName: name, validationActions: ['Deny'] } },
      feature,
    ),
  ];
}

interface Asked {
  readonly group: string;
  /** With its subresource, such as `pods/exec`. */
  readonly resource: string;
  readonly verb: string;
  /** An expression; absent: all of the namespace. */
  readonly name?: string;
}

/** In CEL: whether the author of the request has a right in its namespace. Costs 350,000 of the 1,000,000 that an expression may. */
export function allowed({ group, resource, verb, name }: Asked): string {
  const [plural = '', below] = resource.split('/');
  const path = [
    `authorizer.group('${group}').resource('${plural}')`,
    ...(below === undefined ? [] : [`.subresource('${below}')`]),
    '.namespace(request.namespace)',
    ...(name === undefined ? [] : [`.name(${name})`]),
  ];
  return `${path.join('')}.check('${verb}').allowed()`;
}

/** In CEL: who asks, as the beginning of a message. */
export const author = 'request.userInfo.username';
