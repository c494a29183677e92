/** The Helm chart's templates, made from the objects of an installation: what it lets users set stands in `settings`. */
import { stringify } from 'yaml';
import { allParts } from '../../src/install/index.js';
import {
  operatorName,
  rebalancerConfiguration,
  rebalancerName,
  schedulerConfiguration,
  schedulerName,
} from '../../src/install/names.js';
import type { Feature, Part, UseAccess } from '../../src/install/part.js';
import { rebalancerReaderAccount } from '../../src/operator/index.js';
import { defaultReaderAccount } from '../../src/scheduler/index.js';
import { groupBy } from '../../src/support/group-by.js';
import { yaml } from './yaml.js';

export const chart = 'deploy/helm/penstock';

type Path = readonly (string | number)[];
/** `name`: of the one object of the kind that it is for; of all of them when absent. */
interface Setting {
  readonly kind: string;
  readonly name?: string;
  readonly path: Path;
  readonly expression: string;
}

/** Where a value of the chart takes the place of what the objects say. */
const settings: readonly Setting[] = [
  ...deployment(operatorName, {
    values: '.Values',
    args: '"run" (printf "--log-level=%s" .Values.logLevel)',
  }),
  ...program(schedulerName, 'scheduler', 'scheduler', schedulerConfiguration),
  ...program(rebalancerName, 'rebalancer', 'rebalance', rebalancerConfiguration),
  // with the definitions all pools and claims would go, and with these the containers in use
  {
    kind: 'CustomResourceDefinition',
    path: ['metadata', 'annotations', 'helm.sh/resource-policy'],
    expression: 'keep',
  },
];

function deployment(name: string, { values, args }: { readonly values: string; readonly args: string }) {
  const ofPod: readonly (readonly [Path, string])[] = [
    [['imagePullSecrets'], '{{ toJson .Values.imagePullSecrets }}'],
    [['nodeSelector'], '{{ toJson .Values.nodeSelector }}'],
    [['tolerations'], '{{ toJson .Values.tolerations }}'],
    [['affinity'], '{{ toJson .Values.affinity }}'],
    [
      ['containers', 0, 'image'],
      '{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}',
    ],
    [['containers', 0, 'imagePullPolicy'], '{{ .Values.image.pullPolicy }}'],
    [['containers', 0, 'args'], `{{ toJson (list ${args}) }}`],
    [['containers', 0, 'resources'], `{{ toJson ${values}.resources }}`],
  ];
  const all: readonly (readonly [Path, string])[] = [
    [['spec', 'replicas'], `{{ ${values}.replicas }}`],
    [['metadata', 'labels', 'app.kubernetes.io/version'], '{{ .Chart.AppVersion | quote }}'],
    ...ofPod.map(([path, expression]) => [['spec', 'template', 'spec', ...path], expression] as const),
  ];
  return all.map(([path, expression]): Setting => ({ kind: 'Deployment', name, path, expression }));
}

/** One beside the operator, with values and a configuration of its own. */
function program(
  name: string,
  feature: string,
  command: string,
  { configMap, file, folder }: typeof schedulerConfiguration | typeof rebalancerConfiguration,
): readonly Setting[] {
  const values = `.Values.${feature}`;
  return [
    ...deployment(name, {
      values,
      args: `"${command}" "--config=${folder}/${file}" (printf "--log-level=%s" .Values.logLevel)`,
    }),
    {
      kind: 'ConfigMap',
      name: configMap,
      path: ['data', file],
      expression: `|{{ toYaml ${values}.config | nindent 4 }}`,
    },
  ];
}

/** Programs that have a file of their own, and the account as which each asks kubelets unless its configuration names another. */
const readers: Partial<Readonly<Record<Feature, string>>> = {
  scheduler: defaultReaderAccount,
  rebalancer: rebalancerReaderAccount,
};

/** What the configuration of a program asks for, as `accessOf` tells it. */
function accessOf(feature: Feature, reader: string): Readonly<Record<UseAccess, string>> {
  const ofUse = (field: string, otherwise: string) => `(dig "use" "${field}" "${otherwise}" .Values.${feature}.config)`;
  const withReader = `(eq ${ofUse('source', '')} "kubelet") (eq ${ofUse('serviceAccount', reader)} "${reader}") (not ${ofUse('tokenFile', '')})`;
  return {
    'metrics-api': `(eq ${ofUse('source', 'metrics-api')} "metrics-api")`,
    kubelet: withReader,
    'kubelet-disk': `${withReader} (eq ${ofUse('disk', '')} "cadvisor")`,
  };
}

/** When an object is there; always when absent. */
function conditionOf({ feature, access }: Part): string | undefined {
  if (feature === undefined) return undefined;
  const reader = readers[feature];
  if (reader === undefined) return `.Values.features.${feature}`;
  const isOn = `.Values.${feature}.enabled`;
  return access === undefined ? isOn : `and ${isOn} ${accessOf(feature, reader)[access]}`;
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

/** What belongs to a program beside the operator has a file of its own. */
function fileOf({ kind, feature }: Part): string {
  if (feature !== undefined && readers[feature] !== undefined) return feature;
  const file = Object.entries(files).find(([, kinds]) => kinds.some((name) => name === kind.name))?.[0];
  if (file === undefined) throw new Error(`say in which file of the chart a ${kind.name} goes`);
  return file;
}

/** By path, from the repository's root. Throws when an object has no file. */
export function chartFiles(version: string): ReadonlyMap<string, string> {
  const parts = allParts({ namespace, image: 'set by the chart', replicas: 0, version });
  const byFile = groupBy(parts, fileOf);
  return new Map([
    [`${chart}/Chart.yaml`, chartYaml(version)],
    ...[...byFile].map(([file, own]) => [`${chart}/templates/${file}.yaml`, fileText(own)] as const),
  ]);
}

/** Neighbours with the same condition stand below one. */
function fileText(parts: readonly Part[]): string {
  let text = '# Made by `npm run generate` from src/install: change it there.\n';
  let open: string | undefined;
  const change = (condition: string | undefined) => {
    if (condition === open) return;
    if (open !== undefined) text += '{{- end }}\n';
    if (condition !== undefined) text += `{{- if ${condition} }}\n`;
    open = condition;
  };
  for (const part of parts) {
    change(conditionOf(part));
    text += template(part);
  }
  change(undefined);
  return text;
}

function template({ kind: { name: kind }, object }: Part): string {
  const { name } = object.metadata;
  const own = settings.filter((one) => one.kind === kind && (one.name ?? name) === name);
  const marked = own.reduce<unknown>((whole, { path }, number) => put(whole, path, mark(number)), object);
  // what looks like a template in the objects themselves is text
  const text = stringify(marked, yaml).replaceAll(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`);
  const filled = own.reduce((whole, { expression }, number) => whole.replace(mark(number), expression), text);
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
