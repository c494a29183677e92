import type { ValidatingAdmissionPolicySpec } from '../../../api/administration.js';
import { allowed, author } from '../policy.js';

/** How many Secrets are asked for one by one. A policy may cost 10,000,000: that is 28 questions, of which one is for all Secrets. */
export const mostNamed = 16;

const secrets = { group: '', resource: 'secrets', verb: 'get' };
const rest = (number: number) => `variables.secrets${number}`;

/**
 * Asks for the right to get each Secret that an object names. One expression over all names would cost too much from the third on, so there is
 * one for each; a name that comes twice is asked for once. Who may get all Secrets of the namespace may name any number.
 * @param names in CEL, the list of their names
 * @param what such as `the claim`
 */
export function namedSecrets(
  names: string,
  what: string,
): Required<Pick<ValidatingAdmissionPolicySpec, 'variables' | 'validations'>> {
  const each = Array.from({ length: mostNamed }, (_, number) => number);
  return {
    variables: [
      { name: 'allSecrets', expression: allowed(secrets) },
      { name: 'secrets0', expression: names },
      ...each.map((number) => ({
        name: `secrets${number + 1}`,
        expression: `${rest(number)}.filter(name, name != ${rest(number)}[0])`,
      })),
    ],
    validations: [
      ...each.map((number) => ({
        expression: `size(${rest(number)}) == 0 || variables.allSecrets || ${allowed({ ...secrets, name: `${rest(number)}[0]` })}`,
        messageExpression: `${author} + " may not get the Secret " + ${rest(number)}[0] + ", which ${what} names: ask for that right, or name another Secret"`,
        message: `you may not get a Secret that ${what} names`,
        reason: 'Forbidden',
      })),
      {
        expression: `size(${rest(mostNamed)}) == 0 || variables.allSecrets`,
        message: `${what} names more than ${mostNamed} Secrets: that needs the right to get all Secrets of the namespace`,
        reason: 'Forbidden',
      },
    ],
  };
}
