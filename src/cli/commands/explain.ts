import { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { Namespace, Node, Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../api/kubernetes.js';
import {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage.js';
import type { Kind } from '../../api/meta/kind.js';
import { keyOf, nameOf, type Resource } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
import {
  controllerSelectors,
  defaultConfiguration,
  MetricsApiSource,
  readConfiguration,
  SchedulerCache,
  serviceSelectors,
  spreadsByDefault,
  trimmedPod,
  workloadSelectors,
} from '../../scheduler/index.js';
import {
  type DefaultSelector,
  defaultSelectorOf,
  explainPod,
  type NodeExplanation,
  type PodExplanation,
  podShape,
  unsupportedBy,
  type VolumeView,
} from '../../scheduling/index.js';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { table } from '../output/table.js';

interface Options extends ClusterOptions {
  readonly config?: string;
  readonly use: 'metrics-api' | 'none';
  readonly output: 'table' | 'json';
}

const page = 500;

export function explainCommand(io: Io): Command {
  return new Command('explain')
    .description('say of every node why a pod can or cannot go there')
    .argument('<pod>', 'pod name, or pod/<name>')
    .option('--config <file>', "the scheduler's configuration (default: the one that counts without a file)")
    .addOption(
      new Option('--use <source>', 'where the use of nodes is read')
        .choices(['metrics-api', 'none'])
        .default('metrics-api'),
    )
    .addOption(new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      examples(
        [
          'penstock explain pod/web-0',
          'a line for each node: its score and where that comes from, or why it is refused',
        ],
        ['penstock explain pod/web-0 -o json', 'the same for programs, with every term'],
      ),
    )
    .action(async (argument: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withCluster(io, options, (connection) => explain(io, podName(argument), options, connection));
    });
}

function podName(argument: string): string {
  const [kind, name, ...more] = argument.split('/');
  if (name === undefined && kind) return kind;
  if (name && more.length === 0 && (kind === 'pod' || kind === 'pods' || kind === 'po')) return name;
  throw new CodedError('USAGE', `${argument} names no pod: give a name, or pod/<name>`, undefined, exitCodes.usage);
}

async function explain(io: Io, name: string, options: Options, connection: Connection): Promise<void> {
  const { cluster, namespace } = connection;
  const pod = await cluster.get(Pod, { namespace, name }).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    throw new CodedError(
      'POD_NOT_FOUND',
      `there is no pod ${name} in namespace ${namespace}`,
      undefined,
      exitCodes.notFound,
    );
  });
  const configured =
    options.config === undefined
      ? defaultConfiguration()
      : readConfiguration(await readFile(options.config, 'utf8'), options.config);
  const schedulerName = pod.spec?.schedulerName ?? 'default-scheduler';
  const profile = configured.profiles.find((one) => one.schedulerName === schedulerName) ?? configured.profiles[0];
  if (!profile) return;
  const cache = await cacheOf(cluster, keyOf(nameOf(pod)));
  const notes = options.use === 'none' ? [] : await readUse(io, cache, connection);
  const { nodeName, ...spec } = pod.spec ?? { containers: [] };
  const shape = podShape({ ...pod, spec });
  if (shape.volumes.length > 0) cache.snapshot.setVolumes(await readVolumes(cluster));
  if (spreadsByDefault(profile)) cache.snapshot.setDefaultSelector(await readSelectors(cluster, namespace));
  const unsupported = unsupportedBy(shape, cache.snapshot.volumes);
  if (unsupported !== undefined) notes.push(`${unsupported} penstock scheduler does not do that`);
  const explanation = explainPod(shape, cache.snapshot, profile.policy, keyOf(nameOf(pod)));
  if (nodeName) notes.push(`the pod is on ${nodeName} already; what follows is as if it were not`);
  if (profile.schedulerName !== schedulerName)
    notes.push(`its scheduler is ${schedulerName}; this is what ${profile.schedulerName} makes of it`);
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify({ pod: keyOf(nameOf(pod)), notes, ...explanation }, null, 2)}\n`
      : text(explanation, notes),
  );
}

/** All that is on nodes but the pod itself. */
async function cacheOf(cluster: Cluster, self: string): Promise<SchedulerCache> {
  const cache = new SchedulerCache();
  for await (const node of all(cluster, Node)) cache.setNode(node);
  for await (const pod of all(cluster, Pod)) {
    if (keyOf(nameOf(pod)) === self) continue;
    cache.observe(trimmedPod(pod));
    cache.nominate(trimmedPod(pod));
  }
  const namespaces = new Map<string, Readonly<Record<string, string>>>();
  for await (const { metadata } of all(cluster, Namespace)) namespaces.set(metadata.name, metadata.labels ?? {});
  cache.snapshot.setNamespaces(namespaces);
  return cache;
}

/** Claims and volumes as they are now. */
async function readVolumes(cluster: Cluster): Promise<VolumeView> {
  const read = async <T extends Resource>(kind: Kind<T>): Promise<ReadonlyMap<string, T>> => {
    const objects = new Map<string, T>();
    for await (const object of all(cluster, kind)) objects.set(keyOf(nameOf(object)), object);
    return objects;
  };
  const claims = await read(PersistentVolumeClaim);
  const volumes = await read(PersistentVolume);
  const classes = await read(StorageClass);
  const nodes = await read(CSINode);
  const drivers = await read(CSIDriver);
  const attachments = [...(await read(VolumeAttachment)).values()];
  return {
    claim: (namespace, name) => claims.get(keyOf({ namespace, name })),
    volume: (name) => volumes.get(name),
    storageClass: (name) => classes.get(name),
    csiNode: (name) => nodes.get(name),
    csiDriver: (name) => drivers.get(name),
    attachments: (node) => attachments.filter(({ spec }) => spec.nodeName === node),
  };
}

/** The services and workloads of a namespace as they are now. */
async function readSelectors(cluster: Cluster, namespace: string): Promise<DefaultSelector> {
  const read = async <T extends Resource>(kind: Kind<T>) => (await cluster.list(kind, { namespace })).items;
  const services = serviceSelectors(await read(Service));
  const workloads = [
    ...controllerSelectors(await read(ReplicationController)),
    ...workloadSelectors(await read(ReplicaSet)),
    ...workloadSelectors(await read(StatefulSet)),
  ];
  return (pod) => defaultSelectorOf(pod, services, workloads);
}

async function* all<T extends Resource>(cluster: Cluster, kind: Kind<T>): AsyncIterable<T> {
  let next: string | undefined;
  do {
    const found = await cluster.list(kind, { limit: page, ...(next ? { continue: next } : {}) });
    yield* found.items;
    next = found.continue;
  } while (next);
}

/** One reading; returns what a reader must know about it. */
async function readUse({ clock, interrupted }: Io, cache: SchedulerCache, { document }: Connection): Promise<string[]> {
  const nodes = [...cache.snapshot.infos()].map(({ node }) => node);
  const missing = new Set(nodes.map(({ metadata }) => metadata.name));
  if (!document) return ['nothing is measured here: estimates stand for the use of all nodes'];
  try {
    const report = {
      sample: ({
        node,
        from,
        to,
        use,
      }: {
        node: string;
        from: number;
        to: number;
        use: Readonly<Record<string, number>>;
      }) => {
        missing.delete(node);
        cache.setUse(node, { from, to, mean: use });
      },
      failure: () => undefined,
    };
    await new MetricsApiSource({ document, clock }).read(nodes, report, interrupted);
  } catch (error) {
    return [`the use of nodes could not be read, estimates stand for it: ${messageOf(error)}`];
  }
  return missing.size === 0
    ? []
    : [`nothing was measured of ${[...missing].sort().join(', ')}: estimates stand for their use`];
}

function text({ nodes, message }: PodExplanation, notes: readonly string[]): string {
  const rows = nodes.map((one) => [one.node, one.score === undefined ? '-' : one.score.toFixed(3), whyOf(one)]);
  return `${notes.map((note) => `note: ${note}\n`).join('')}${message}\n\n${table(['NODE', 'SCORE', 'WHY'], rows)}`;
}

function whyOf({ refusal, terms = [] }: NodeExplanation): string {
  if (refusal) return `${refusal.filter}: ${refusal.reasons.join(', ')}; ${refusal.remedy}`;
  return terms
    .map(({ name, value, detail }) => `${name} ${value.toFixed(3)}${detail === undefined ? '' : ` (${detail})`}`)
    .join(', ');
}
