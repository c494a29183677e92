/**
 * What an installation of Penstock consists of, as data, and what is done with it: put it into a cluster, take it out
 * again, look what is wrong with it. The Helm chart, the plain YAML and the documentation of permissions are made from the
 * same data.
 * It may not run the operator, read files or talk to people: it gets a Cluster and a Clock and reports what it does.
 */
export { examine, type Patient } from './doctor/examine.js';
export type { Finding, Verdict } from './doctor/finding.js';
export { install, rehearse, untilAvailable } from './install.js';
export { allParts, installation, namespaceOf } from './installation.js';
export { defaultNamespace, rebalancerConfiguration, schedulerConfiguration } from './names.js';
export { configurationThere } from './program-configuration.js';
export { defaultRebalancerConfiguration, rebalancerAccess } from './rebalancer/configuration.js';
export { defaultSchedulerConfiguration, useOf } from './scheduler/configuration.js';
export { foresee, uninstall } from './uninstall/uninstall.js';
