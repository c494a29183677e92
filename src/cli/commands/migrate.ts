import { Command, InvalidArgumentError, Option } from 'commander';
import { migrationColumns } from '../../api/columns.js';
import {
  ContainerMigration,
  type ContainerMigrationSpec,
  mostMoved,
  type Workload,
} from '../../api/container-migration.js';
import type { Draft } from '../../api/meta/resource.js';
import { createMigration, type MigrationProgress, untilMoved } from '../../client/index.js';
import { feasibility } from '../../migrations/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import { type Connection, Interrupted, type Io } from '../io.js';
import { duration, integer } from '../options.js';
import { columnsOf } from '../output/columns.js';
import { print } from '../output/print.js';
import { progressOn } from '../progress/progress.js';

interface Options extends ClusterOptions {
  readonly count?: number;
  readonly tenant?: string;
  readonly order: ContainerMigrationSpec['order'];
  readonly deadline?: string;
  readonly keepSource: boolean;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly name?: string;
}

const kinds: Readonly<Record<string, Workload['kind']>> = {
  pool: 'ContainerPool',
  cpool: 'ContainerPool',
  containerpool: 'ContainerPool',
  claim: 'ContainerClaim',
  cclaim: 'ContainerClaim',
  containerclaim: 'ContainerClaim',
  deploy: 'Deployment',
  deployment: 'Deployment',
  sts: 'StatefulSet',
  statefulset: 'StatefulSet',
  ds: 'DaemonSet',
  daemonset: 'DaemonSet',
  job: 'Job',
};

function workload(text: string): Workload {
  const [kind = '', name = '', ...more] = text.split('/');
  const known = kinds[kind.toLowerCase()];
  if (known === undefined || name === '' || more.length > 0)
    throw new InvalidArgumentError('It must be pool/NAME, claim/NAME or deployment/NAME.');
  return { kind: known, name };
}

export function migrateCommand(io: Io): Command {
  return new Command('migrate')
    .description('move running containers from one workload to another, without a restart')
    .argument('<from>', 'whose they are: pool/NAME, claim/NAME or deployment/NAME', workload)
    .argument('<to>', 'whose they are to be', workload)
    .option('--count <n>', 'how many; default: as many as can be moved', integer(1, mostMoved))
    .option('--tenant <name>', 'on whose behalf: the tenant of the claims that take part')
    .addOption(new Option('--order <order>', 'which go first').choices(['Oldest', 'Newest']).default('Oldest'))
    .option('--deadline <duration>', 'by when it must be done', duration)
    .option('--keep-source', 'let a claim or a Deployment get others for those that it gives', false)
    .option('--dry-run', 'only tell whether it could be done, and if not why', false)
    .option('--no-wait', 'do not wait for its end')
    .option('--name <name>', 'of the migration; made up when absent')
    .addHelpText(
      'after',
      examples(
        ['penstock migrate pool/web claim/nightly --count 5', 'stock of one pool for a claim on another'],
        ['penstock migrate claim/build-7 deployment/preview --dry-run', 'whether that could be done'],
        ['penstock migrate deployment/web pool/web --count 3', 'replicas back into the stock that was made for them'],
      ),
    )
    .action(async (from: Workload, to: Workload, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>();
      await withKinds(io, options, (connection) =>
        options.dryRun ? tell(io, connection, specOf(from, to, options)) : migrate(io, connection, from, to, options),
      );
    });
}

function specOf(from: Workload, to: Workload, options: Options): ContainerMigrationSpec {
  const { count, tenant, order, deadline, keepSource } = options;
  return {
    from,
    to,
    order,
    keepSource,
    paused: false,
    cancelled: false,
    ...(count === undefined ? {} : { count }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

async function tell(io: Io, { cluster, namespace }: Connection, spec: ContainerMigrationSpec): Promise<void> {
  const { possible, objection } = await feasibility(cluster, namespace, spec, io.clock.now(), {
    signal: io.interrupted,
  });
  const wanted = spec.count ?? 1;
  if (possible < wanted)
    throw new CodedError(
      'MIGRATION_IMPOSSIBLE',
      `${possible} of ${wanted} could be moved: ${objection ?? 'there are no more'}`,
      'nothing was changed',
      exitCodes.invalid,
    );
  io.stdout.write(`${possible} could be moved as they run (dry run: nothing was changed)\n`);
}

async function migrate(io: Io, connection: Connection, from: Workload, to: Workload, options: Options): Promise<void> {
  const { cluster, namespace } = connection;
  const metadata = options.name === undefined ? { generateName: `${from.name}-` } : { name: options.name };
  const draft: Draft<ContainerMigration> = { metadata: { ...metadata, namespace }, spec: specOf(from, to, options) };
  const made = await createMigration({ cluster }, draft);
  const { name } = made.metadata;
  const ended = options.wait ? await follow(io, connection, name) : made;
  await print(io, [ended], {
    kind: ContainerMigration,
    format: 'table',
    columns: columnsOf(migrationColumns),
    asked: 'one',
  });
}

async function follow(io: Io, { cluster, namespace }: Connection, name: string): Promise<ContainerMigration> {
  const parts = { cluster, clock: io.clock, signal: io.interrupted };
  let ended: ContainerMigration | undefined;
  try {
    await progressOn('stderr', io).step(`Migration ${name}`, async (report) => {
      ended = await untilMoved(parts, { namespace, name }, (progress) => report(sentenceOf(progress)));
    });
  } catch (error) {
    if (error instanceof Interrupted)
      io.stderr.write(
        `migration ${name} goes on without you: see penstock migration describe ${name}; give it up with penstock migration cancel ${name}\n`,
      );
    throw error;
  }
  if (!ended) throw new Error(`migration ${name} has not ended`);
  return ended;
}

const sentenceOf = ({ reason, sentence }: MigrationProgress): string =>
  reason === '' ? 'no operator has looked at it yet' : sentence;
