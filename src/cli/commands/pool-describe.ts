import { Command } from 'commander';
import { type ContainerPool, stockWanted } from '../../api/container-pool.js';
import { requirePool } from '../../client/index.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { conditionsSection, eventsSection, type Fact, facts, identity } from '../describe.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';

export function poolDescribeCommand(io: Io): Command {
  return new Command('describe')
    .argument('<name>', 'of the pool')
    .addHelpText('after', examples(['penstock pool describe web', 'how it stands, and why']))
    .action(async (name: string, _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const pool = await requirePool({ cluster, signal: io.interrupted }, { namespace, name });
        const now = io.clock.now();
        io.stdout.write(facts([...identity(pool, now), ...factsOf(pool)]));
        io.stdout.write(conditionsSection(pool.status?.conditions, now));
        io.stdout.write(await eventsSection(cluster, pool, now));
      });
    });
}

function factsOf(pool: ContainerPool): readonly Fact[] {
  const { spec, status } = pool;
  const { template, fromDeployment, refill, claims, configuration } = spec;
  return [
    ['For Deployment', fromDeployment?.name],
    ['Image', template?.spec?.containers.map(({ image }) => image).join(', ')],
    ['Desired', stockWanted(pool)],
    ['Sized from demand', status?.sizing?.message],
    ['Lead time', status?.sizing?.leadTime],
    ['Ready', status?.ready ?? 0],
    ['Starting', status?.starting ?? 0],
    ['Of the present template', status?.updated ?? 0],
    ['Delivered', status?.delivered ?? 0],
    ['In quarantine', status?.quarantined || undefined],
    ['Hit rate', status?.hitRate],
    ['Line', spec.line?.name],
    [
      'Refill',
      refill.paused ? 'paused' : `at most ${refill.maxStarting} starting, ready within ${refill.startDeadline}`,
    ],
    ['Stock expires after', spec.expireAfter],
    ['Containers per claim', `at most ${claims.maxContainers}`],
    ['Lifetime', lifetimeOf(claims)],
    ['Configuration', `${configuration.mountPath}: ${['env.json', ...configuration.files].join(', ')}`],
  ];
}

function lifetimeOf({ defaultLifetime, maxLifetime }: ContainerPool['spec']['claims']): string | undefined {
  const parts = [
    ...(defaultLifetime === undefined ? [] : [`${defaultLifetime} unless the claim says otherwise`]),
    ...(maxLifetime === undefined ? [] : [`at most ${maxLifetime}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
