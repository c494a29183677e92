import { customResourceDefinitions } from '../api/crds.js';
import { CustomResourceDefinition, Namespace } from '../api/kubernetes.js';
import { flowControl } from './flow-control.js';
import { monitoring } from './monitoring/index.js';
import { partOf } from './names.js';
import { type OperatorPlacement, operatorParts } from './operator.js';
import { defaultFeatures, type Feature, type Part, part } from './part.js';
import { authorsPolicies } from './policies/authors/index.js';
import { gatePolicy } from './policies/gate.js';
import { reservedMarksPolicy } from './policies/reserved.js';
import { tenantsPolicy } from './policies/tenants.js';
import { roles } from './rights/roles.js';

export interface InstallationOptions extends OperatorPlacement {
  /** Default: `defaultFeatures`. */
  readonly features?: readonly Feature[];
}

/** The namespace of the operator, in which nothing runs that Pod Security's strictest profile refuses. */
export const namespaceOf = (name: string): Part =>
  part(Namespace, { metadata: { name, labels: { ...partOf, 'pod-security.kubernetes.io/enforce': 'restricted' } } });

/** All that can be installed, in the order in which it is: what is needed by what follows comes first. */
export function allParts(placement: OperatorPlacement): readonly Part[] {
  const { namespace } = placement;
  return [
    ...customResourceDefinitions.map((crd) => part(CustomResourceDefinition, crd, 'crds')),
    ...roles(namespace),
    ...reservedMarksPolicy(),
    ...authorsPolicies(),
    ...tenantsPolicy(),
    ...gatePolicy(),
    ...flowControl(namespace),
    ...operatorParts(placement),
    ...monitoring(namespace),
  ];
}

/** The objects that an installation with these features consists of. */
export function installation({ features = defaultFeatures, ...placement }: InstallationOptions): readonly Part[] {
  return allParts(placement).filter(({ feature }) => feature === undefined || features.includes(feature));
}
