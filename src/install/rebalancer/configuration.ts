import { stringify } from 'yaml';
import {
  configureRebalancer,
  rebalancerApiVersion as apiVersion,
  rebalancerConfiguration as schema,
  rebalancerKind as kind,
  rebalancerReaderAccount,
} from '../../operator/index.js';
import { parseConfiguration } from '../../scheduler/index.js';
import { rebalancerConfiguration } from '../names.js';
import type { UseAccess } from '../part.js';
import { accessOf } from '../program-configuration.js';

/** What an installation has unless another is given: the rebalancer's own defaults. */
export const defaultRebalancerConfiguration = stringify({ apiVersion, kind, use: { source: 'metrics-api' } });

/**
 * What must be granted to the rebalancer for what a configuration says.
 * @throws CodedError `INVALID_CONFIGURATION`, or what else is wrong with it
 */
export const rebalancerAccess = (
  configuration: string,
  file: string = rebalancerConfiguration.file,
): readonly UseAccess[] =>
  accessOf(configureRebalancer(parseConfiguration(schema, configuration, file)).use, rebalancerReaderAccount);
