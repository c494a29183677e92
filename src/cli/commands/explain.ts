import { Command, Option } from 'commander';
import { Pod } from '../../api/kubernetes.js';
import { keyOf, nameOf } from '../../api/meta/resource.js';
import { NotFound } from '../../cluster/errors.js';
import { spreadsByDefault, type UseConfiguration } from '../../scheduler/index.js';
import {
  type Cost,
  costOf,
  describePrices,
  explainPod,
  type NodeExplanation,
  type PodExplanation,
  podShape,
  unsupportedBy,
  weighedInVain,
} from '../../scheduling/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { hour, second } from '../../support/time.js';
import { readCache, readSelectors, readUse, readVolumes } from '../cluster-snapshot.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { table } from '../output/table.js';
import { termsText } from '../output/terms.js';
import { configurationOf } from '../scheduler-configuration.js';

interface Options extends ClusterOptions {
  readonly config?: string;
  readonly use: 'configured' | 'none';
  readonly output: 'table' | 'json';
}

export function explainCommand(io: Io): Command {
  return new Command('explain')
    .description('say of every node why a pod can or cannot go there')
    .argument('<pod>', 'pod name, or pod/<name>')
    .option('--config <file>', "the scheduler's configuration (default: the one that counts without a file)")
    .addOption(
      new Option('--use <source>', 'the source of use: that of the configuration (default: the metrics API), or none')
        .choices(['configured', 'none'])
        .default('configured'),
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
  const configured = await configurationOf(options.config);
  const schedulerName = pod.spec?.schedulerName ?? 'default-scheduler';
  const profile = configured.profiles.find((one) => one.schedulerName === schedulerName) ?? configured.profiles[0];
  if (!profile) return;
  const cache = await readCache(cluster, keyOf(nameOf(pod)));
  const use: UseConfiguration = options.use === 'none' ? { source: 'none' } : configured.use;
  const notes = [...(await readUse(io, cache, use, connection))];
  const { nodeName, ...spec } = pod.spec ?? { containers: [] };
  const shape = podShape({ ...pod, spec });
  if (shape.volumes.length > 0) cache.snapshot.setVolumes(await readVolumes(cluster));
  if (spreadsByDefault(profile)) cache.snapshot.setDefaultSelector(await readSelectors(cluster, namespace));
  const unsupported = unsupportedBy(shape, cache.snapshot.volumes);
  if (unsupported !== undefined) notes.push(`${unsupported} penstock scheduler does not do that`);
  const inVain = weighedInVain(profile.policy, cache.snapshot);
  if (inVain.length > 0)
    notes.push(`policy ${profile.policy.name} leaves ${inVain.join(', ')} out: no node has a capacity of it`);
  const explanation = explainPod(shape, cache.snapshot, profile.policy, keyOf(nameOf(pod)));
  if (nodeName) notes.push(`the pod is on ${nodeName} already; what follows is as if it were not`);
  if (profile.schedulerName !== schedulerName)
    notes.push(`its scheduler is ${schedulerName}; this is what ${profile.schedulerName} makes of it`);
  const cost = costOf([{ tasks: 1, resources: shape.requests, busy: hour / second }], [], configured.prices);
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify({ pod: keyOf(nameOf(pod)), notes, ...explanation, cost: { perHour: cost.total, prices: cost.prices } }, null, 2)}\n`
      : text(explanation, notes, inVain, cost),
  );
}

function text(
  { nodes, message }: PodExplanation,
  notes: readonly string[],
  inVain: readonly string[],
  { total, prices }: Cost,
): string {
  const rows = nodes.map((one) => [one.node, one.score === undefined ? '-' : one.score.toFixed(3), whyOf(one, inVain)]);
  return [
    ...notes.map((note) => `note: ${note}\n`),
    `${message}\n`,
    `What it requests costs ${total.toPrecision(3)} ${prices.currency} an hour (${describePrices(prices)}).\n\n`,
    table(['NODE', 'SCORE', 'WHY'], rows),
  ].join('');
}

function whyOf({ refusal, terms = [], leftOut = [], avoided }: NodeExplanation, inVain: readonly string[]): string {
  if (refusal) return `${refusal.filter}: ${refusal.reasons.join(', ')}; ${refusal.remedy}`;
  const only = leftOut.filter((resource) => !inVain.includes(resource));
  const last = avoided ? 'only when no other node can take it: a taint says PreferNoSchedule; ' : '';
  return `${last}${termsText(terms)}${only.length === 0 ? '' : `; ${only.join(', ')} left out: no capacity`}`;
}
