import type { Right } from '../../src/install/rights/right.js';
import type { Call } from '../control-plane/calls.js';

/** Whether a right allows a call. */
export const allows = ({ group, resource, verbs, names }: Right, call: Call): boolean =>
  call.group === group &&
  call.resource === resource &&
  verbs.includes(call.verb) &&
  (names === undefined || names.includes(call.name));
