import { Command } from 'commander';
import { migrationColumns } from '../../api/columns.js';
import { ContainerMigration, type Workload } from '../../api/container-migration.js';
import { requireMigration } from '../../client/index.js';
import { mergePatch } from '../../cluster/patch.js';
import { findCondition, isTrue } from '../../runtime/conditions.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withCluster, withKinds } from '../connection.js';
import { conditionsSection, eventsSection, type Fact, facts, identity, section } from '../describe.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { type ListOptions, listCommand, listObjects } from '../list.js';
import { table } from '../output/table.js';

export function migrationCommand(io: Io): Command {
  return new Command('migration')
    .description('migrations: running containers that change from one workload to another')
    .addCommand(listing(io))
    .addCommand(describing(io))
    .addCommand(steering(io, 'pause', 'move no more for now', { paused: true }))
    .addCommand(steering(io, 'resume', 'go on with one that was paused', { paused: false }))
    .addCommand(steering(io, 'cancel', 'give one up, and bring back what can be', { cancelled: true }));
}

const listing = (io: Io) =>
  listCommand()
    .description('list the migrations')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      await listObjects(io, options, ContainerMigration, migrationColumns, 'migrations');
    });

function describing(io: Io): Command {
  return new Command('describe')
    .description('tell all about a migration')
    .argument('<name>', 'of the migration')
    .action(async (name: string, _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const migration = await requireMigration({ cluster, signal: io.interrupted }, { namespace, name });
        const now = io.clock.now();
        io.stdout.write(facts([...identity(migration, now), ...factsOf(migration)]));
        const { containers = [] } = migration.status ?? {};
        if (containers.length > 0)
          io.stdout.write(
            section(
              'Moved',
              table(
                ['CONTAINER', 'ID'],
                containers.map((one) => [one.name, one.containerID ?? '<unknown>']),
              ),
            ),
          );
        io.stdout.write(conditionsSection(migration.status?.conditions, now));
        io.stdout.write(await eventsSection(cluster, migration, now));
      });
    });
}

function factsOf({ spec, status }: ContainerMigration): readonly Fact[] {
  const end = ({ kind, name }: Workload) => `${kind} ${name}`;
  const complete = findCondition(status?.conditions, 'Complete');
  return [
    ['From', end(spec.from)],
    ['To', end(spec.to)],
    ['State', complete && `${complete.reason}: ${complete.message}`],
    ['Desired', status?.desired],
    ['Moved', status?.moved],
    ['Returned', status?.returned],
    ['Tenant', spec.tenant],
    ['Order', spec.order],
    ['Source', spec.keepSource ? 'gets others' : undefined],
    ['Deadline', spec.deadline],
    ['Started at', status?.startedAt],
    ['Ended at', status?.completedAt],
  ];
}

function steering(io: Io, verb: string, about: string, spec: object): Command {
  return new Command(verb)
    .description(about)
    .argument('<name>', 'of the migration')
    .addHelpText('after', examples([`penstock migration ${verb} web-x7k2p`, about]))
    .action(async (name: string, _: unknown, command: Command) => {
      await withKinds(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const { status } = await requireMigration({ cluster, signal: io.interrupted }, { namespace, name });
        if (isTrue(status?.conditions, 'Complete'))
          throw new CodedError(
            'MIGRATION_ENDED',
            `migration ${name} has ended: ${findCondition(status?.conditions, 'Complete')?.message}`,
            'to move them back, migrate the other way',
            exitCodes.conflict,
          );
        await cluster.patch(ContainerMigration, { namespace, name }, mergePatch({ spec }), { signal: io.interrupted });
        io.stdout.write(`migration ${name}: ${verb}\n`);
      });
    });
}
