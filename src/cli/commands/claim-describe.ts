import { Command } from 'commander';
import type { ContainerClaim } from '../../api/container-claim.js';
import { progressOf, requireClaim } from '../../client/index.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { conditionsSection, eventsSection, type Fact, facts, identity, section } from '../describe.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { table } from '../output/table.js';
import { waterfall } from '../output/waterfall.js';

export function claimDescribeCommand(io: Io): Command {
  return new Command('describe')
    .argument('<name>', 'of the claim')
    .addHelpText('after', examples(['penstock claim describe batch', 'how far it is, and what it waits for']))
    .action(async (name: string, _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const claim = await requireClaim({ cluster, signal: io.interrupted }, { namespace, name });
        const now = io.clock.now();
        io.stdout.write(facts([...identity(claim, now), ...factsOf(claim)]));
        io.stdout.write(section('Items', itemsOf(claim)));
        const { stages = [] } = claim.status ?? {};
        if (stages.length > 0) io.stdout.write(section('Stages', waterfall(stages)));
        io.stdout.write(conditionsSection(claim.status?.conditions, now));
        io.stdout.write(await eventsSection(cluster, claim, now));
      });
    });
}

function factsOf(claim: ContainerClaim): readonly Fact[] {
  const { spec, status } = claim;
  const { stage, desired, delivered, ready, sentence } = progressOf(claim);
  return [
    ['Pool', poolOf(claim)],
    ['Tenant', spec.tenant],
    ['Priority', spec.priority],
    ['Place', status?.queue && `${status.queue.place} of ${status.queue.length}`],
    ['State', sentence === '' ? stage : `${stage}: ${sentence}`],
    ['Desired', desired],
    ['Delivered', delivered],
    ['Ready', ready],
    ['Succeeded', status?.succeeded || undefined],
    ['Failed', status?.failed || undefined],
    ['Restarts', restartsOf(claim)],
    ['Replaced', status?.replaced],
    ['At least', spec.minAvailable],
    ['Deadline', spec.deadline],
    ['Lifetime', spec.lifetime],
    ['Backoff limit', spec.backoffLimit],
    ['Stays after', spec.ttlSecondsAfterFinished === undefined ? undefined : `${spec.ttlSecondsAfterFinished}s`],
    ['When empty', spec.whenEmpty],
    ['Hooks', spec.hooks?.join(', ')],
    ['Delivered at', status?.deliveredAt],
    ['First ready at', status?.readyAt],
    ['Ends at', status?.expiresAt],
  ];
}

function restartsOf({ status }: ContainerClaim): string | undefined {
  const { count = 0, lastReason } = status?.restarts ?? {};
  if (count === 0) return undefined;
  return lastReason === undefined ? String(count) : `${count}, the last of ${lastReason}`;
}

/** Its name, or the labels that it must have. */
const poolOf = ({ spec: { pool } }: ContainerClaim): string | undefined =>
  pool.name ??
  Object.entries(pool.selector?.matchLabels ?? {})
    .map(([key, value]) => `any with ${key}=${value}`)
    .join(', ');

function itemsOf({ spec, status }: ContainerClaim): string {
  return table(
    ['ITEM', 'DESIRED', 'DELIVERED', 'READY', 'ENVIRONMENT', 'FILES', 'REQUESTS'],
    spec.items.map(({ name, count, env = [], files = [], resources, shape }, position) => {
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
        shape ?? (requests.join(',') || "<pool's>"),
      ];
    }),
  );
}
