/** The Helm chart's templates, made from the objects of an installation: what it lets users set stands in `settings`. */
import { stringify } from 'yaml';
import { allParts } from '../../src/install/index.js';
import { yaml } from './yaml.js';

export const chart = 'deploy/helm/penstock';

type Path = readonly (string | number)[];
type Setting = readonly [kind: string, path: Path, expression: string];

/** Where a value of the chart takes the place of what the objects say. */
const settings: readonly Setting[] = [
  ['Deployment', ['spec', 'replicas'], '{{ .Values.replicas }}'],
  ['Deployment', ['metadata', 'labels', 'app.kubernetes.io/version'], '{{ .Chart.AppVersion | quote }}'],
  ...pod([
    [['imagePullSecrets'], '{{ toJson .Values.imagePullSecrets }}'],
    [['nodeSelector'], '{{ toJson .Values.nodeSelector }}'],
    [['tolerations'], '{{ toJson .Values.tolerations }}'],
    [['affinity'], '{{ toJson .Values.affinity }}'],
    [
      ['containers', 0, 'image'],
      '{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}',
    ],
    [['containers', 0, 'imagePullPolicy'], '{{ .Values.image.pullPolicy }}'],
    [['containers', 0, 'args'], '{{ toJson (list "run" (printf "--log-level=%s" .Values.logLevel)) }}'],
    [['containers', 0, 'resources'], '{{ toJson .Values.resources }}'],
  ]),
  // with the definitions all pools and claims would go, and with these the containers in use
  ['CustomResourceDefinition', ['metadata', 'annotations', 'helm.sh/resource-policy'], 'keep'],
];

function pod(inPod: readonly (readonly [Path, string])[]): readonly Setting[] {
  return inPod.map(([path, expression]) => ['Deployment', ['spec', 'template', 'spec', ...path], expression]);
}

/** Stands in the objects for the namespace of the release: also within other texts. */
const namespace = 'namespace-of-the-release';
/** Stands for the expression of that number: letters and digits, so that YAML does not quote it. */
const mark = (number: number) => `helmExpression${number}x`;

const files = {
  definitions: ['CustomResourceDefinition'],
  rights: ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  policies: [
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ],
  flows: ['PriorityLevelConfiguration', 'FlowSchema'],
  operator: ['PriorityClass', 'PodDisruptionBudget', 'Service', 'Deployment'],
  monitoring: ['ServiceMonitor', 'PrometheusRule', 'ConfigMap'],
} as const;

/** By path, from the repository's root. Throws when an object has no file. */
export function chartFiles(version: string): ReadonlyMap<string, string> {
  const parts = allParts({ namespace, image: 'set by the chart', replicas: 0, version });
  const texts = new Map<string, string>([[`${chart}/Chart.yaml`, chartYaml(version)]]);
  for (const { kind, object, feature } of parts) {
    const file = Object.entries(files).find(([, kinds]) => kinds.some((name) => name === kind.name))?.[0];
    if (file === undefined) throw new Error(`say in which file of the chart a ${kind.name} goes`);
    const path = `${chart}/templates/${file}.yaml`;
    const text = template(kind.name, object);
    const guarded = feature === undefined ? text : `{{- if .Values.features.${feature} }}\n${text}{{- end }}\n`;
    texts.set(
      path,
      `${texts.get(path) ?? '# Made by `npm run generate` from src/install: change it there.\n'}${guarded}`,
    );
  }
  return texts;
}

function template(kind: string, object: object): string {
  const own = settings.filter(([of]) => of === kind);
  const marked = own.reduce<unknown>((whole, [, path], number) => put(whole, path, mark(number)), object);
  // what looks like a template in the objects themselves is text
  const text = stringify(marked, yaml).replaceAll(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`);
  const filled = own.reduce((whole, [, , expression], number) => whole.replace(mark(number), expression), text);
  return `---\n${filled.replaceAll(namespace, '{{ .Release.Namespace }}')}`;
}

/** The same value, with `leaf` at this place. */
function put(value: unknown, [step, ...rest]: Path, leaf: string): unknown {
  if (step === undefined) return leaf;
  if (Array.isArray(value)) return value.map((item, at) => (at === step ? put(item, rest, leaf) : item));
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return { ...Object.fromEntries(fields), [step]: put(fields.find(([key]) => key === step)?.[1], rest, leaf) };
}

const chartYaml = (version: string) => `# Made by \`npm run generate\`: the version is the package's.
${stringify({
  apiVersion: 'v2',
  name: 'penstock',
  description: 'Pools of ready containers for Kubernetes, delivered in batches.',
  type: 'application',
  version,
  appVersion: version,
  kubeVersion: '>=1.33.0-0',
  keywords: ['containers', 'pool', 'warm', 'batch', 'sandbox'],
})}`;
