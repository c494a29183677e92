import { stringify } from 'yaml';
import {
  apiVersion,
  defaultReaderAccount,
  kind,
  readConfiguration,
  type UseConfiguration,
} from '../../scheduler/index.js';
import { schedulerConfiguration } from '../names.js';
import type { UseAccess } from '../part.js';
import { accessOf } from '../program-configuration.js';

/** What an installation has unless another is given: the scheduler's own defaults. */
export const defaultSchedulerConfiguration = stringify({ apiVersion, kind, use: { source: 'metrics-api' } });

/**
 * Where a configuration has the use of nodes read.
 * @throws CodedError `INVALID_CONFIGURATION`
 */
export const useOf = (configuration: string, file: string = schedulerConfiguration.file): UseConfiguration =>
  readConfiguration(configuration, file).use;

/** What must be granted to the scheduler for what a configuration says. Throws as `useOf`. */
export const schedulerAccess = (configuration: string): readonly UseAccess[] =>
  accessOf(useOf(configuration), defaultReaderAccount);
