import { Command, Option } from 'commander';
import { Pod } from '../../api/kubernetes.js';
import {
  type ClaimProgress,
  containersOf,
  createClaim,
  progressOf,
  untilComplete,
  untilReady,
} from '../../client/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type Duration, second } from '../../support/time.js';
import { addClaimFlags, checkPool, type ClaimFlags, claimOf, containers } from '../claim-flags.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import { Interrupted, type Io } from '../io.js';
import { outputOption } from '../options.js';
import { containerColumns, endedColumns } from '../output/containers.js';
import { type Format, print } from '../output/print.js';
import { progressOn } from '../progress/progress.js';

interface Options extends ClusterOptions, ClaimFlags {
  readonly name?: string;
  readonly wait: 'ready' | 'complete';
  readonly output: Format;
}

export function deliverCommand(io: Io): Command {
  const command = new Command('deliver')
    .description('claim containers, wait until they are ready, and print them')
    .argument('<count>', 'how many', containers)
    .option('--pool <name>', 'the pool to deliver from')
    .option('--name <name>', 'of the claim; made up from that of the pool when absent')
    .addOption(
      new Option('--wait <what>', 'until the containers are ready, or until their work has ended')
        .choices(['ready', 'complete'])
        .default('ready'),
    );
  return addClaimFlags(command)
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        ['penstock deliver 3 --pool web --env SITE=shop', 'three containers, and where they are'],
        ['penstock deliver 20 --pool web --min-available 10 --deadline 30s', 'ten at least, within 30 s'],
        ['penstock deliver 1 --pool web --file site.yaml=./shop.yaml --cpu 1', 'with a file, and resized'],
        ['penstock deliver 2 --selector tier=batch --shape large', 'from the pool that wastes least on it'],
        [
          'penstock deliver 8 --pool jobs --wait complete',
          'wait until all have ended; exit with the code of a failure',
        ],
        ['penstock deliver 5 --pool web -o json | jq -r ".items[].status.podIP"', 'for scripts'],
      ),
    )
    .action(async (count: number, _: unknown, self: Command) => deliver(io, count, self.optsWithGlobals<Options>()));
}

async function deliver(io: Io, count: number, options: Options): Promise<void> {
  checkPool('deliver', options);
  await withKinds(io, options, async ({ cluster, namespace }) => {
    const parts = { cluster, clock: io.clock, signal: io.interrupted };
    // not cut short by Ctrl-C: whether there is a claim must be known afterwards
    const claim = await createClaim({ cluster }, claimOf(options, count, namespace, options.name));
    const { name } = claim.metadata;
    try {
      if (options.wait === 'complete') return await complete(io, { ...parts, namespace, name }, options.output);
      await progressOn('stderr', io).step(`Claim ${name}`, (report) =>
        observe(io, report, sentenceOf, (seen) => untilReady(parts, { namespace, name }, seen)),
      );
    } catch (error) {
      if (error instanceof Interrupted) {
        io.stderr.write(
          `claim ${name} goes on without you: see penstock claim describe ${name}; end it with penstock claim delete ${name}\n`,
        );
      }
      throw error;
    }
    const pods = await containersOf(parts, claim);
    await print(io, pods, { kind: Pod, format: options.output, columns: containerColumns, asked: 'several' });
  });
}

/** Waits for the end of the work, prints how each container ended, and fails as the work did. */
async function complete(io: Io, { namespace, name, ...parts }: Place, format: Format): Promise<void> {
  const { claim, pods, exitCode } = await progressOn('stderr', io).step(`Claim ${name}`, (report) =>
    observe(io, report, workOf, (seen) => untilComplete(parts, { namespace, name }, seen)),
  );
  await print(io, pods, { kind: Pod, format, columns: endedColumns, asked: 'several' });
  if (exitCode === exitCodes.ok) return;
  const { sentence } = progressOf(claim);
  throw new CodedError('CLAIM_FAILED', `claim ${name} has failed: ${sentence}`, undefined, exitCode);
}

function workOf(progress: ClaimProgress): string {
  const { desired, succeeded, failed } = progress;
  if (succeeded + failed === 0) return sentenceOf(progress);
  const failures = failed === 0 ? '' : `, ${failed} ${failed === 1 ? 'failure' : 'failures'}`;
  return `${succeeded} of ${desired} succeeded${failures}`;
}

type Place = Parameters<typeof untilReady>[0] & { readonly namespace: string; readonly name: string };

/** An operator that runs has looked at a claim by then. */
const patience: Duration = 5 * second;

/** Waits, and reports how far the claim has come. */
async function observe<T>(
  { clock }: Io,
  report: (text: string) => void,
  textOf: (progress: ClaimProgress) => string,
  wait: (seen: (progress: ClaimProgress) => void) => Promise<T>,
): Promise<T> {
  let stage: ClaimProgress['stage'] = 'unseen';
  using _ = clock.at(clock.now() + patience, () => {
    if (stage === 'unseen') report('no operator has looked at the claim yet: is one running? (penstock run)');
  });
  return wait((progress) => {
    stage = progress.stage;
    report(textOf(progress));
  });
}

function sentenceOf({ stage, desired, delivered, ready, sentence }: ClaimProgress): string {
  const counts = `${delivered} of ${desired} delivered, ${ready} ready`;
  return stage === 'waiting' ? `${counts}; ${sentence}` : counts;
}
