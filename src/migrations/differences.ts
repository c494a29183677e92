/** What keeps a running container from passing for one that was made from another template, field by field. Pure. */
import type { Container, Pod, PodSpec } from '../api/kubernetes.js';
import { ownVolumes } from '../api/pod-template.js';
import { podDefaults } from '../embedded/store/pods/defaults.js';
import { type Containing, mainContainerName } from '../line/index.js';
import { canonicalJson } from '../support/digest.js';

export interface Difference {
  /** Such as `spec.containers[main].image`. */
  readonly field: string;
  readonly has: unknown;
  readonly wants: unknown;
}

export interface Leave {
  /** Whether the size of the main container is of no matter, because it is resized. */
  readonly size: boolean;
  /** Whether it is of no matter whether a container is shown its configuration, because it has none. */
  readonly configuration: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Says nothing about what a container is: where it has gone, and what servers and kubelets fill in. */
const irrelevant: ReadonlySet<string> = new Set([
  'nodeName',
  'priority',
  'preemptionPolicy',
  'enableServiceLinks',
  'serviceAccount',
  'activeDeadlineSeconds',
  'imagePullSecrets',
  'schedulingGates',
  'ephemeralContainers',
  'tolerations',
  'hostname',
]);

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const isToken = (name: unknown) => typeof name === 'string' && name.startsWith('kube-api-access-');

/**
 * In the order of the fields' names; empty when the pod may pass for one that was made from the template.
 * @param made what the pod was made from, where that is known: then what admission has added to it is left out
 */
export function differences(pod: Pod, template: Containing, leave: Leave, made?: Containing): readonly Difference[] {
  const [main, wanted] = [mainContainerName(made ?? pod), mainContainerName(template)];
  const has = comparable(asDeclared(pod, template.spec ?? none, made?.spec), leave, main);
  const wants = comparable(template.spec ?? none, leave, wanted);
  const found = [
    ...differing('spec', has, wants),
    ...differing('the main container', main, wants.containers[`[${main}]`] === undefined ? main : wanted),
  ];
  return found.sort((a, b) => (a.field < b.field ? -1 : 1));
}

const none: PodSpec = { containers: [] };

/** The pod without what neither side has declared: admission has put it there, and would put it into those of the other side. */
function asDeclared({ spec = none }: Pod, template: PodSpec, made: PodSpec | undefined): PodSpec {
  if (!made) return spec;
  const sides = [made, template];
  const volumes = declared(
    spec.volumes,
    'name',
    sides.map((side) => side.volumes),
  );
  return {
    ...spec,
    containers: declaredContainers(
      spec.containers,
      sides.map((side) => side.containers),
    ),
    initContainers: declaredContainers(
      spec.initContainers,
      sides.map((side) => side.initContainers),
    ),
    volumes,
  };
}

function declaredContainers(live: List<Container>, sides: readonly List<Container>[]): readonly Container[] {
  return declared(live, 'name', sides).map((container) => {
    const same = sides.map((side) => side?.find(({ name }) => name === container.name));
    return {
      ...container,
      env: declared(
        container.env,
        'name',
        same.map((one) => one?.env),
      ),
      volumeMounts: declared(
        container.volumeMounts,
        'mountPath',
        same.map((one) => one?.volumeMounts),
      ),
    };
  });
}

type List<Item> = readonly Item[] | undefined;

/** Those of the items that a side has, too, by what tells them apart. */
function declared<Item extends object>(
  live: List<Item>,
  key: keyof Item,
  sides: readonly List<Item>[],
): readonly Item[] {
  return (live ?? []).filter((item) => sides.some((side) => side?.some((one) => one[key] === item[key])));
}

/** As a server stores it. */
const defaulted = (spec: PodSpec): PodSpec => {
  const pod = podDefaults({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec } as never);
  return (pod as unknown as { readonly spec: PodSpec }).spec;
};

function comparable(given: PodSpec, leave: Leave, main: string | undefined) {
  const spec = defaulted(given);
  const own = leave.configuration ? ownVolumes.configuration : undefined;
  const containers = spec.containers.map((container) =>
    containerOf(container, own, container.name === main && leave.size),
  );
  const volumes = (spec.volumes ?? []).filter(({ name }) => !isToken(name) && name !== own);
  const rest = Object.entries(spec).filter(([field]) => !irrelevant.has(field));
  return {
    ...Object.fromEntries(rest),
    serviceAccountName: spec.serviceAccountName ?? 'default',
    containers: by('name', containers),
    initContainers: by(
      'name',
      (spec.initContainers ?? []).map((container) => containerOf(container, own, false)),
    ),
    volumes: by('name', volumes),
  };
}

function containerOf(container: Fields & PodSpec['containers'][number], own: string | undefined, anySize: boolean) {
  const { resources, env = [], ports = [], volumeMounts = [], ...rest } = container;
  const mounts = volumeMounts.filter(({ mountPath, name }) => mountPath !== tokenPath && name !== own);
  return {
    ...rest,
    ...(anySize ? {} : { resources: resources ?? {} }),
    env: by('name', env),
    ports: by('containerPort', ports),
    volumeMounts: by('mountPath', mounts),
  };
}

/** A list whose order does not matter, by what tells its items apart. */
function by(key: string, items: readonly object[]): Fields {
  return Object.fromEntries(items.map((item) => [`[${String(Reflect.get(item, key))}]`, item]));
}

/** As good as absent. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === '' ||
  (typeof value === 'object' && Object.values(value).every(isEmpty));

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function* differing(path: string, has: unknown, wants: unknown): Generator<Difference> {
  if (isEmpty(has) && isEmpty(wants)) return;
  if (isFields(has) && isFields(wants)) {
    for (const field of new Set([...Object.keys(has), ...Object.keys(wants)]))
      yield* differing(field.startsWith('[') ? `${path}${field}` : `${path}.${field}`, has[field], wants[field]);
    return;
  }
  if (canonicalJson(has) !== canonicalJson(wants)) yield { field: path, has, wants };
}

/** So many are told one by one. */
const mostTold = 8;
const longest = 60;

export function sentenceOf(found: readonly Difference[]): string {
  const told = found.slice(0, mostTold).map(({ field, has, wants }) => {
    if (isEmpty(has)) return `${field} is missing, ${shown(wants)} is wanted`;
    if (isEmpty(wants)) return `${field} is ${shown(has)}, none is wanted`;
    return `${field} is ${shown(has)}, ${shown(wants)} is wanted`;
  });
  const more = found.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more fields` : ''}; a running container cannot be changed in these`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
