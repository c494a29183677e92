import { group, version } from '../../../api/names.js';
import { ProductionLine } from '../../../api/production-line.js';
import { fieldPaths, schemaAt, structural } from '../../../api/schema/structural.js';
import { stageTypes } from '../../../line/index.js';
import type { Part } from '../../part.js';
import { allowed, author, validatingPolicy } from '../policy.js';
import { namedSecrets } from './secrets.js';

type Path = readonly string[];

/** Where the settings of some stage name a Secret, or a program that is run in the container. */
function settingsWith(field: 'secret' | 'exec', inner: string): readonly Path[] {
  const paths = stageTypes.flatMap(({ settings }) => {
    const schema = structural(settings);
    return [...fieldPaths(schema)].filter(
      (path) => path.at(-1) === field && schemaAt(schema, [...path, inner]) !== undefined,
    );
  });
  return [...new Map(paths.map((path) => [path.join('.'), path])).values()];
}

export const secretSettings = settingsWith('secret', 'name');
export const commandSettings = settingsWith('exec', 'command');

/** In CEL, of a stage: what stands at this place of its settings, if anything does. */
const setting = (path: Path) => ['stage', 'settings', ...path].join('.?');

const secretsNamed = secretSettings
  .map((path) => `variables.stages.map(stage, ${setting([...path, 'name'])})`)
  .join(' + ');

const runsPrograms = commandSettings
  .map((path) => `variables.stages.exists(stage, ${setting(path)}.hasValue())`)
  .join(' || ');

/**
 * A line adds to the pods that the operator makes, has calls signed with keys from Secrets, and runs programs in containers.
 * So its author must have the right to create pods, to get these Secrets, and to run programs where the line does.
 */
export function lineAuthorsPolicy(): readonly Part[] {
  const { variables, validations } = namedSecrets(
    `(${secretsNamed}).filter(name, name.hasValue()).map(name, name.value())`,
    'the line',
  );
  return validatingPolicy(
    'penstock-line-authors',
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [group],
            apiVersions: [version],
            operations: ['CREATE', 'UPDATE'],
            resources: [ProductionLine.plural],
          },
        ],
      },
      matchConditions: [{ name: 'spec-changes', expression: 'oldObject == null || object.spec != oldObject.spec' }],
      variables: [
        {
          name: 'stages',
          expression: ['produce', 'deliver', 'reclaim'].map((chain) => `object.spec.?${chain}.orValue([])`).join(' + '),
        },
        ...variables,
      ],
      validations: [
        {
          expression: allowed({ group: '', resource: 'pods', verb: 'create' }),
          messageExpression: `${author} + " may not create pods in this namespace, which the operator does by the line: ask for that right"`,
          message: 'pods are made by the line: that needs the right to create pods',
          reason: 'Forbidden',
        },
        ...validations,
        {
          expression: `!(${runsPrograms}) || ${allowed({ group: '', resource: 'pods/exec', verb: 'create' })}`,
          messageExpression: `${author} + " may not run programs in the containers of this namespace, which the line does: ask for the right to create pods/exec"`,
          message: 'the line runs programs in containers: that needs the right to create pods/exec',
          reason: 'Forbidden',
        },
      ],
    },
    'authors',
  );
}
