import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { defaultNamespace, installation, namespaceOf } from '../../src/install/index.js';
import { dashboard } from '../../src/install/monitoring/dashboard.js';
import { gatePolicies } from '../../src/api/policies/gate.js';
import { resultSchema } from '../../src/simulation/report/document.js';
import { chartFiles } from './chart.js';
import { latchModule } from './latch.js';
import { permissionsPage } from './permissions.js';
import { rebalancerConfigurationPage } from './rebalancer-configuration.js';
import { schedulerConfigurationPage } from './scheduler-configuration.js';
import { stagesPage } from './stages.js';
import { yaml } from './yaml.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

/** The files that are made from the source: their paths from the repository's root, and their text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...customResourceDefinitions.map((crd) => file(`crds/${crd.metadata.name}`, [crd])),
    file('policies/gate', gatePolicies),
    ['src/line/latch/script.ts', latchModule()],
    ['deploy/install.yaml', plainYaml()],
    ['deploy/dashboard.json', `${JSON.stringify(dashboard, null, 2)}\n`],
    ['docs/reference/permissions.md', permissionsPage()],
    ['docs/reference/stages.md', stagesPage()],
    ['docs/reference/scheduler-configuration.md', schedulerConfigurationPage()],
    ['docs/reference/rebalancer-configuration.md', rebalancerConfigurationPage()],
    ['docs/reference/experiment-result.schema.json', `${JSON.stringify(resultSchema(), null, 2)}\n`],
    ...chartFiles(version),
  ]);
}

function file(path: string, objects: readonly object[]): readonly [path: string, text: string] {
  const note = '# Made from src/api by `npm run generate`: change it there.\n';
  return [`deploy/${path}.yaml`, `${note}${objects.map((object) => stringify(object, yaml)).join('---\n')}`];
}

function plainYaml(): string {
  const placement = { namespace: defaultNamespace, image: `penstock:${version}`, replicas: 2, version };
  const objects = [namespaceOf(defaultNamespace), ...installation(placement)].map(({ object }) => object);
  return [
    '# Made from src/install by `npm run generate`: what `penstock install` installs, for kubectl apply -f.',
    '# Build the image from the Containerfile, push it where your nodes can pull it, and put its name into the Deployment.',
    ...objects.map((object) => `---\n${stringify(object, yaml)}`.trimEnd()),
    '',
  ].join('\n');
}
