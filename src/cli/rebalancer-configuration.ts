import { readFile } from 'node:fs/promises';
import {
  configureRebalancer,
  type ConfiguredRebalancer,
  rebalancerApiVersion as apiVersion,
  rebalancerConfiguration,
  rebalancerKind as kind,
} from '../operator/index.js';
import { parseConfiguration } from '../scheduler/index.js';

/** What the file says; without one what counts by itself. Throws CodedError with everything that is wrong. */
export async function rebalancerConfigurationOf(file: string | undefined): Promise<ConfiguredRebalancer> {
  if (file === undefined) return configureRebalancer(rebalancerConfiguration.parse({ apiVersion, kind }));
  return configureRebalancer(parseConfiguration(rebalancerConfiguration, await readFile(file, 'utf8'), file));
}
