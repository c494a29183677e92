import { Command } from 'commander';
import type { ContainerClaim } from '../../api/container-claim.js';
import { progressOf, requireClaim } from '../../client/index.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { conditionsSection, eventsSection, type Fact, facts, identity, section } from '../describe.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { table } from '../output/table.js';

export function claimDescribeCommand(io: Io): Command {
  return new Command('describe')
    .description('tell all about a claim')
    .argument('<name>', 'of the claim')
    .addHelpText('after', examples(['penstock claim describe batch', 'how far it is, and what it waits for']))
    .action(async (name: string, _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const claim = await requireClaim({ cluster, signal: io.interrupted }, { namespace, name });
        const now = io.clock.now();
        io.stdout.write(facts([...identity(claim, now), ...factsOf(claim)]));
        io.stdout.write(section('Items', itemsOf(claim)));
        io.stdout.write(conditionsSection(claim.status?.conditions, now));
        io.stdout.write(await eventsSection(cluster, claim, now));
      });
    });
}

function factsOf(claim: ContainerClaim): readonly Fact[] {
  const { spec, status } = claim;
  const { stage, desired, delivered, ready, sentence } = progressOf(claim);
  return [
    ['Pool', spec.pool.name],
    ['Tenant', spec.tenant],
    ['State', sentence === '' ? stage : `${stage}: ${sentence}`],
    ['Desired', desired],
    ['Delivered', delivered],
    ['Ready', ready],
    ['Replaced', status?.replaced],
    ['At least', spec.minAvailable],
    ['Deadline', spec.deadline],
    ['Lifetime', spec.lifetime],
    ['When empty', spec.whenEmpty],
    ['Delivered at', status?.deliveredAt],
    ['Ends at', status?.expiresAt],
  ];
}

function itemsOf({ spec, status }: ContainerClaim): string {
  return table(
    ['ITEM', 'DESIRED', 'DELIVERED', 'READY', 'ENVIRONMENT', 'FILES', 'REQUESTS'],
    spec.items.map(({ name, count, env = [], files = [], resources }, position) => {
      const item = name ?? String(position);
      const counts = status?.items?.find((counted) => counted.item === item);
      const requests = Object.entries(resources?.requests ?? {}).map(([key, value]) => `${key}=${value}`);
      return [
        item,
        String(count),
        String(counts?.delivered ?? 0),
        String(counts?.ready ?? 0),
        env.map((variable) => variable.name).join(',') || '<none>',
        files.map((file) => file.name).join(',') || '<none>',
        requests.join(',') || "<pool's>",
      ];
    }),
  );
}
