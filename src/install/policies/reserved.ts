import { annotations, evictionMark, group, optIn, simulationGroup } from '../../api/names.js';
import type { Part } from '../part.js';
import { validatingPolicy } from './policy.js';

const name = 'penstock-reserved-marks';

/** Users write these into the templates of their own pods. */
const settable = [optIn.gate];

const reserved = `(key.startsWith('${group}/') || key.contains('.${group}/')) && !key.startsWith('${simulationGroup}/')`;

const marksOf = (object: 'object' | 'oldObject', field: 'labels' | 'annotations') =>
  `${object} == null ? {} : ${object}.metadata.?${field}.orValue({})`;

/** The reserved keys that this request adds, changes or takes away. */
const touched = (now: string, before: string) =>
  `variables.${now}.filter(key, ${reserved} && !(key in variables.${before} && variables.${before}[key] == variables.${now}[key])) + ` +
  `variables.${before}.filter(key, ${reserved} && !(key in variables.${now}))`;

/**
 * A pod that says of itself that it is in stock would be delivered, and one that takes the marks of its claim away would
 * be lost: only who has the right `set` on `reservedmarks` may write them. Who has it on the name of the eviction request's mark alone may
 * write that mark, and no other with it. Requests that leave them as they are pass:
 * kubelets, schedulers, controllers and everybody else go on as ever.
 */
export function reservedMarksPolicy(): readonly Part[] {
  return validatingPolicy(
    name,
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['pods', 'pods/status', 'pods/binding', 'pods/resize', 'pods/ephemeralcontainers'],
          },
        ],
      },
      variables: [
        { name: 'labels', expression: marksOf('object', 'labels') },
        { name: 'labelsBefore', expression: marksOf('oldObject', 'labels') },
        { name: 'annotations', expression: marksOf('object', 'annotations') },
        { name: 'annotationsBefore', expression: marksOf('oldObject', 'annotations') },
        {
          name: 'touched',
          expression:
            `${touched('labels', 'labelsBefore')} + ` +
            `(${touched('annotations', 'annotationsBefore')}).filter(key, !(key in ${JSON.stringify(settable)}))`,
        },
        // one question to the authorizer: it costs more than all else. Without a name it is asked for all marks
        {
          name: 'mark',
          expression: `variables.touched.all(key, key == '${annotations.evictionRequest}') ? '${evictionMark}' : ''`,
        },
      ],
      validations: [
        {
          expression: `size(variables.touched) == 0 || authorizer.group('${group}').resource('reservedmarks').name(variables.mark).check('set').allowed()`,
          messageExpression: `"reserved to Penstock's operator: " + variables.touched.join(', ')`,
          message: `labels and annotations of ${group} are reserved to Penstock's operator`,
          reason: 'Forbidden',
        },
      ],
    },
    'reserved',
  );
}
