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
import { schedulerRoles } from './rights/scheduler-roles.js';
import { accessOf, defaultSchedulerConfiguration, useOf } from './scheduler/configuration.js';
import { schedulerParts } from './scheduler/parts.js';

/** Where everything goes, and how it is set. */
export interface InstallationPlacement extends OperatorPlacement {
  /** Of the scheduler: a SchedulerConfiguration, in YAML. Default: `defaultSchedulerConfiguration`. */
  readonly schedulerConfiguration?: string;
}

export interface InstallationOptions extends InstallationPlacement {
  /** Default: `defaultFeatures`. */
  readonly features?: readonly Feature[];
}

/** Of the scheduler. */
const schedulerReplicas = 2;

/** The namespace of the operator, in which nothing runs that Pod Security's strictest profile refuses. */
export const namespaceOf = (name: string): Part =>
  part(Namespace, { metadata: { name, labels: { ...partOf, 'pod-security.kubernetes.io/enforce': 'restricted' } } });

/** All that can be installed, in the order in which it is: what is needed by what follows comes first. */
export function allParts(placement: InstallationPlacement): readonly Part[] {
  const { namespace, schedulerConfiguration: configuration = defaultSchedulerConfiguration } = placement;
  return [
    ...customResourceDefinitions.map((crd) => part(CustomResourceDefinition, crd, 'crds')),
    ...roles(namespace),
    ...schedulerRoles(namespace),
    ...reservedMarksPolicy(),
    ...authorsPolicies(),
    ...tenantsPolicy(),
    ...gatePolicy(),
    ...flowControl(namespace),
    ...operatorParts(placement),
    ...schedulerParts({ ...placement, replicas: schedulerReplicas, configuration }),
    ...monitoring(namespace),
  ];
}

/**
 * The objects that an installation with these features consists of.
 * @throws CodedError `INVALID_CONFIGURATION` where that of the scheduler is wrong
 */
export function installation({ features = defaultFeatures, ...placement }: InstallationOptions): readonly Part[] {
  const isGranted = grantedBy(placement);
  return allParts(placement).filter(
    (part) => (part.feature === undefined || features.includes(part.feature)) && isGranted(part),
  );
}

/** Tells parts that the configuration of the scheduler asks for, and all that do not depend on it, from the others. */
export function grantedBy({
  schedulerConfiguration = defaultSchedulerConfiguration,
}: InstallationPlacement): (part: Part) => boolean {
  const accesses = accessOf(useOf(schedulerConfiguration));
  return ({ access }) => access === undefined || accesses.includes(access);
}
