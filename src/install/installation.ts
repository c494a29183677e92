import { customResourceDefinitions } from '../api/crds.js';
import { CustomResourceDefinition, Namespace } from '../api/kubernetes.js';
import { flowControl } from './flow-control.js';
import { monitoring } from './monitoring/index.js';
import { partOf } from './names.js';
import { type OperatorPlacement, operatorParts } from './operator.js';
import { defaultFeatures, type Feature, type Part, part, type UseAccess } from './part.js';
import { authorsPolicies } from './policies/authors/index.js';
import { gatePolicy } from './policies/gate.js';
import { reservedMarksPolicy } from './policies/reserved.js';
import { tenantsPolicy } from './policies/tenants.js';
import { defaultRebalancerConfiguration, rebalancerAccess } from './rebalancer/configuration.js';
import { rebalancerParts } from './rebalancer/parts.js';
import { rebalancerRoles } from './rights/rebalancer-roles.js';
import { roles } from './rights/roles.js';
import { schedulerRoles } from './rights/scheduler-roles.js';
import { defaultSchedulerConfiguration, schedulerAccess } from './scheduler/configuration.js';
import { schedulerParts } from './scheduler/parts.js';

/** Where everything goes, and how it is set. */
export interface InstallationPlacement extends OperatorPlacement {
  /** Of the scheduler: a SchedulerConfiguration, in YAML. Default: `defaultSchedulerConfiguration`. */
  readonly schedulerConfiguration?: string;
  /** Of the rebalancer: a RebalancerConfiguration, in YAML. Default: `defaultRebalancerConfiguration`. */
  readonly rebalancerConfiguration?: string;
}

export interface InstallationOptions extends InstallationPlacement {
  /** Default: `defaultFeatures`. */
  readonly features?: readonly Feature[];
}

/** Of the scheduler, and of the rebalancer. */
const standbyReplicas = 2;

/** The namespace of the operator, in which nothing runs that Pod Security's strictest profile refuses. */
export const namespaceOf = (name: string): Part =>
  part(Namespace, { metadata: { name, labels: { ...partOf, 'pod-security.kubernetes.io/enforce': 'restricted' } } });

/** All that can be installed, in the order in which it is: what is needed by what follows comes first. */
export function allParts(placement: InstallationPlacement): readonly Part[] {
  const {
    namespace,
    schedulerConfiguration = defaultSchedulerConfiguration,
    rebalancerConfiguration = defaultRebalancerConfiguration,
  } = placement;
  return [
    ...customResourceDefinitions.map((crd) => part(CustomResourceDefinition, crd, 'crds')),
    ...roles(namespace),
    ...schedulerRoles(namespace),
    ...rebalancerRoles(namespace),
    ...reservedMarksPolicy(),
    ...authorsPolicies(),
    ...tenantsPolicy(),
    ...gatePolicy(),
    ...flowControl(namespace),
    ...operatorParts(placement),
    ...schedulerParts({ ...placement, replicas: standbyReplicas, configuration: schedulerConfiguration }),
    ...rebalancerParts({ ...placement, replicas: standbyReplicas, configuration: rebalancerConfiguration }),
    ...monitoring(namespace),
  ];
}

/**
 * The objects that an installation with these features consists of.
 * @throws CodedError `INVALID_CONFIGURATION` where that of the scheduler or of the rebalancer is wrong
 */
export function installation({ features = defaultFeatures, ...placement }: InstallationOptions): readonly Part[] {
  const isGranted = grantedBy(placement);
  return allParts(placement).filter(
    (part) => (part.feature === undefined || features.includes(part.feature)) && isGranted(part),
  );
}

/** Tells parts that the configuration of their program asks for, and all that do not depend on it, from the others. */
export function grantedBy({
  schedulerConfiguration = defaultSchedulerConfiguration,
  rebalancerConfiguration = defaultRebalancerConfiguration,
}: InstallationPlacement): (part: Part) => boolean {
  const accesses: Partial<Readonly<Record<Feature, readonly UseAccess[]>>> = {
    scheduler: schedulerAccess(schedulerConfiguration),
    rebalancer: rebalancerAccess(rebalancerConfiguration),
  };
  return ({ feature, access }) =>
    access === undefined || (feature !== undefined && (accesses[feature]?.includes(access) ?? false));
}
