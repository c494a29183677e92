import { defaultReaderAccount, metricsApiRights } from '../../scheduler/index.js';
import { metricsRole, schedulerName, useReaderDiskRole } from '../names.js';
import type { Part } from '../part.js';
import { programRoles } from './program-roles.js';
import { schedulerElectionRights, schedulerRights } from './scheduler.js';

export const schedulerRoles = (namespace: string): readonly Part[] =>
  programRoles(
    {
      name: schedulerName,
      feature: 'scheduler',
      everywhere: schedulerRights,
      here: schedulerElectionRights,
      metrics: { role: metricsRole, rights: metricsApiRights },
      reader: defaultReaderAccount,
      diskRole: useReaderDiskRole,
    },
    namespace,
  );
