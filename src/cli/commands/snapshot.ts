import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { openSource } from '../../scheduler/index.js';
import {
  asGiven,
  hidden,
  openSnapshot,
  type SnapshotSummary,
  summarize,
  takeSnapshot,
  type TakeOptions,
  writeSnapshotFile,
} from '../../simulation/index.js';
import { formatAmount } from '../../scheduling/index.js';
import { keepAliveHttpClient } from '../../runtime/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { createLogger } from '../../support/json-logger.js';
import { formatDuration, parseDuration, timestamp } from '../../support/time.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { facts, section } from '../describe.js';
import { examples } from '../help.js';
import type { Connection, Io } from '../io.js';
import { duration } from '../options.js';
import { table } from '../output/table.js';
import { versionOfPackage } from '../version.js';

interface Options extends ClusterOptions {
  readonly output?: string;
  readonly anonymous: boolean;
  readonly watch?: string;
  readonly use: 'metrics-api' | 'none';
}

export function snapshotCommand(io: Io): Command {
  return new Command('snapshot')
    .description('write what there is in a cluster into a file, without environment, Secrets and text of annotations')
    .option('-o, --output <file>', 'the file to write')
    .option('--anonymous', 'replace names, namespaces, images and labels by what only tells them apart', false)
    .option('--watch <duration>', 'go on for so long, and keep what comes, changes, goes and is used', duration)
    .addOption(
      new Option('--use <source>', 'where the use of nodes and pods is read')
        .choices(['metrics-api', 'none'])
        .default('metrics-api'),
    )
    .addHelpText(
      'after',
      '\nIt only lists and watches; docs/reference/permissions.md says which rights that takes. What may not be read is left\nout, and said. Ctrl-C ends --watch early: what was seen is in the file.\n',
    )
    .addHelpText(
      'after',
      examples(
        ['penstock snapshot -o cluster.snapshot', 'nodes, pods, their owners, budgets, volumes, pools, claims and use'],
        ['penstock snapshot -o day.snapshot --watch 1h --anonymous', 'with the course of an hour, to be given away'],
        ['penstock snapshot show cluster.snapshot', 'what is in it'],
      ),
    )
    .addCommand(showCommand(io))
    .action(async (_: unknown, command: Command) => {
      const { output, ...options } = command.optsWithGlobals<Options>();
      if (output === undefined)
        throw new CodedError(
          'USAGE',
          'no file is named',
          'name one with -o, or see penstock snapshot --help',
          exitCodes.usage,
        );
      await withCluster(io, options, (connection) => take(io, { ...options, output }, connection));
    });
}

async function take(io: Io, options: Options & { readonly output: string }, connection: Connection): Promise<void> {
  const { clock, interrupted, stderr } = io;
  const { cluster } = connection;
  const http = keepAliveHttpClient(clock);
  const useSource = await useSourceOf(io, options, connection, http);
  const server = await serverVersion(connection);
  try {
    const lacking = await writeSnapshotFile(options.output, (write) =>
      takeSnapshot(
        {
          cluster,
          clock,
          program: versionOfPackage(),
          ...(server !== undefined && { server }),
          naming: options.anonymous ? hidden(randomBytes(32).toString('hex')) : asGiven,
          anonymous: options.anonymous,
          ...(useSource && { useSource }),
          watch: parseDuration(options.watch ?? '0s') ?? 0,
          signal: interrupted,
          progress: (sentence) => stderr.write(`  ${sentence}\n`),
        },
        write,
      ),
    );
    for (const one of lacking) stderr.write(`warning: ${one}\n`);
    io.stdout.write(`${options.output} written; penstock snapshot show ${options.output} says what is in it\n`);
  } finally {
    http.close();
  }
}

async function useSourceOf(
  { clock }: Io,
  { use }: Options,
  { cluster, namespace, document }: Connection,
  http: ReturnType<typeof keepAliveHttpClient>,
): Promise<TakeOptions['useSource']> {
  if (use === 'none' || !document) return undefined;
  let nodeOf: (pod: string) => string | undefined = () => undefined;
  const logger = createLogger('error', clock);
  const parts = { cluster, namespace, clock, logger, http, document, nodeOf: (pod: string) => nodeOf(pod) };
  const source = await openSource({ source: 'metrics-api', interval: '60s', window: '5m' }, parts);
  return (
    source &&
    ((where) => {
      nodeOf = where;
      return source;
    })
  );
}

async function serverVersion({ document }: Connection): Promise<string | undefined> {
  const version = await document?.('/version').catch(() => undefined);
  return typeof version === 'object' &&
    version !== null &&
    'gitVersion' in version &&
    typeof version.gitVersion === 'string'
    ? version.gitVersion
    : undefined;
}

function showCommand(io: Io): Command {
  return new Command('show')
    .description('say what is in a snapshot')
    .argument('<file>', 'of the snapshot')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (file: string, { format }: { readonly format: 'text' | 'json' }) => {
      const summary = await summarize(await openSnapshot(file));
      io.stdout.write(format === 'json' ? `${JSON.stringify(summary, null, 2)}\n` : textOf(summary));
    });
}

function textOf({ header, end, pods, resources, course }: SnapshotSummary): string {
  const { takenAt, program, server, anonymous } = header;
  const watched = course.milliseconds > 0 && end.events + end.uses > 0;
  return [
    facts([
      ['Taken', timestamp(takenAt)],
      ['By', `Penstock ${program}`],
      ['Kubernetes', server ?? '<unknown>'],
      ['Names', anonymous ? 'hidden' : 'as they are'],
      ['Pods', `${pods.onNodes} on nodes, ${pods.waiting} waiting, ${pods.ended} ended`],
      ['Use', end.uses === 0 ? 'not measured' : `${end.uses} readings of nodes`],
      ...(watched && end.events > 0
        ? ([
            [
              'Course',
              `${formatDuration(course.milliseconds)}: ${end.events} changes, ${course.added} objects came, ${course.deleted} went`,
            ],
          ] as const)
        : []),
    ]),
    section(
      'Resources',
      table(
        ['RESOURCE', 'ALLOCATABLE', 'REQUESTED', 'USED'],
        Object.entries(resources).map(([name, { allocatable, requested, used }]) => [
          name,
          formatAmount(name, allocatable),
          formatAmount(name, requested),
          used === undefined ? '<unknown>' : formatAmount(name, used),
        ]),
      ),
    ),
    section(
      'Objects',
      table(
        ['KIND', 'COUNT'],
        Object.entries(end.objects).map(([kind, count]) => [kind, String(count)]),
      ),
    ),
    ...(end.lacking.length === 0 ? [] : [section('Lacking', end.lacking.map((one) => `${one}\n`).join(''))]),
  ].join('');
}
