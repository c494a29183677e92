import { Command } from 'commander';
import { claimColumns } from '../../api/columns.js';
import { ContainerClaim } from '../../api/container-claim.js';
import { containerClaim } from '../../api/definitions.js';
import type { Draft, Resource } from '../../api/meta/resource.js';
import { createClaim } from '../../client/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { addClaimFlags, checkPool, type ClaimFlags, claimOf, containers } from '../claim-flags.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { readObjects } from '../manifest-file.js';
import { fileOption, outputOption } from '../options.js';
import { columnsOf } from '../output/columns.js';
import { type Format, print } from '../output/print.js';

interface Options extends ClusterOptions, ClaimFlags {
  readonly filename?: string;
  readonly count?: number;
  readonly output: Format;
}

export function claimCreateCommand(io: Io): Command {
  const command = new Command('create')
    .argument('[name]', 'of the claim; made up from that of the pool when absent')
    .addOption(fileOption())
    .option('--pool <name>', 'the pool to deliver from')
    .option('--count <n>', 'how many containers', containers);
  return addClaimFlags(command)
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        ['penstock claim create -f batch.yaml', 'as the file says, with as many items as it has'],
        ['penstock claim create nightly --pool web --count 20 --lifetime 1h', 'from options: one item'],
      ),
    )
    .action(async (name: string | undefined, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>();
      check(name, options);
      await withKinds(io, options, async ({ cluster, namespace }) => {
        const drafts = await draftsOf(io, name, options, namespace);
        const claims: ContainerClaim[] = [];
        for (const draft of drafts) claims.push(await createClaim({ cluster, signal: io.interrupted }, draft));
        await print(io, claims, {
          kind: ContainerClaim,
          format: options.output,
          columns: columnsOf(claimColumns),
          asked: claims.length === 1 ? 'one' : 'several',
        });
      });
    });
}

/** What commander cannot know: pool and count, or a file. */
function check(name: string | undefined, { filename, pool, selector, count }: Options): void {
  const from = pool ?? selector;
  const usage = (message: string, hint: string) => new CodedError('USAGE', message, hint, exitCodes.usage);
  if (filename !== undefined && (name !== undefined || from !== undefined || count !== undefined)) {
    throw usage('both a file and a claim in words were given', 'give either -f FILE, or --pool and --count');
  }
  if (filename === undefined && (from === undefined || count === undefined)) {
    throw usage('neither a file nor pool and count were given', 'use --pool POOL --count N, or -f FILE');
  }
  if (filename === undefined)
    checkPool('claim create', { ...(pool !== undefined && { pool }), ...(selector && { selector }) });
}

async function draftsOf(
  io: Io,
  name: string | undefined,
  options: Options,
  namespace: string,
): Promise<readonly Draft<ContainerClaim>[]> {
  const { filename, count = 0 } = options;
  if (filename === undefined) return [claimOf(options, count, namespace, name)];
  const objects = await readObjects(io, filename, containerClaim, namespace, options.namespace);
  return objects.filter(isClaim);
}

/** The manifest's reader has checked it against the claim's schema. */
const isClaim = (draft: Draft<Resource>): draft is Draft<ContainerClaim> => draft.kind === ContainerClaim.name;
