import { Command } from 'commander';
import { ContainerPool } from '../../api/container-pool.js';
import { containerPool } from '../../api/definitions.js';
import type { Draft, Resource } from '../../api/meta/resource.js';
import { createPool } from '../../client/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { readObjects } from '../manifest-file.js';
import { fileOption, integer, type NameValue, outputOption, pair, quantity, several } from '../options.js';
import { columnsOf } from '../output/columns.js';
import { type Format, print } from '../output/print.js';

interface Options extends ClusterOptions {
  readonly filename?: string;
  readonly image?: string;
  readonly replicas: number;
  readonly port?: readonly number[];
  readonly cpu?: string;
  readonly memory?: string;
  readonly env?: readonly NameValue[];
  readonly label?: readonly NameValue[];
  readonly allowFile?: readonly string[];
  readonly output: Format;
}

const ports = (text: string, before: readonly number[] = []) => [...before, integer(1, 65_535)(text)];

export function poolCreateCommand(io: Io): Command {
  return new Command('create')
    .description('create a pool, from a file or from options')
    .argument('[name]', 'of the pool; with --image')
    .addOption(fileOption())
    .option('--image <image>', 'of the container')
    .option('--replicas <n>', 'how many containers to keep ready', integer(0, 10_000), 1)
    .option('--port <number>', 'that the container listens on; may be repeated', ports)
    .option('--cpu <quantity>', 'that a container requests, such as 500m', quantity)
    .option('--memory <quantity>', 'that a container requests, such as 256Mi', quantity)
    .option('--env <name=value>', 'a variable that all containers have from the start; may be repeated', pair)
    .option('--label <name=value>', 'a label for the pods; may be repeated', pair)
    .option('--allow-file <name>', 'a file that claims may hand to a container; may be repeated', several)
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        ['penstock pool create web --image nginx:1.29 --replicas 10 --port 80', 'ten containers in stock'],
        ['penstock pool create -f pool.yaml', 'as the file says'],
        ['kubectl get cpool web -o yaml | penstock pool create -n other -f -', 'from standard input'],
      ),
    )
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      check(name, options);
      await withKinds(io, options, async ({ cluster, namespace }) => {
        const drafts = await draftsOf(io, name, options, namespace);
        const pools: ContainerPool[] = [];
        for (const draft of drafts) pools.push(await createPool({ cluster, signal: io.interrupted }, draft));
        await print(io, pools, {
          kind: ContainerPool,
          format: options.output,
          columns: columnsOf(containerPool),
          asked: pools.length === 1 ? 'one' : 'several',
        });
      });
    });
}

/** What commander cannot know: a name with an image, or a file. */
function check(name: string | undefined, { filename, image }: Options): void {
  const usage = (message: string, hint: string) => new CodedError('USAGE', message, hint, exitCodes.usage);
  if (filename !== undefined && (name !== undefined || image !== undefined)) {
    throw usage('both a file and a pool in words were given', 'give either -f FILE, or NAME and --image');
  }
  if (filename === undefined && (name === undefined || image === undefined)) {
    throw usage('neither a file nor name and image of a pool were given', 'use NAME --image IMAGE, or -f FILE');
  }
}

async function draftsOf(
  io: Io,
  name: string | undefined,
  options: Options,
  namespace: string,
): Promise<readonly Draft<ContainerPool>[]> {
  if (options.filename === undefined) return [draftOf(name ?? '', options, namespace)];
  const objects = await readObjects(io, options.filename, containerPool, namespace, options.namespace);
  return objects.filter(isPool);
}

/** The manifest's reader has checked it against the pool's schema. */
const isPool = (draft: Draft<Resource>): draft is Draft<ContainerPool> => draft.kind === ContainerPool.name;

function draftOf(name: string, options: Options, namespace: string): Draft<ContainerPool> {
  const { image = '', replicas, port, cpu, memory, env, label, allowFile = [] } = options;
  const requests = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  const labels = label && Object.fromEntries(label.map(({ name, value }) => [name, value]));
  return {
    metadata: { name, namespace },
    spec: {
      replicas,
      template: {
        ...(labels && { metadata: { labels } }),
        spec: {
          containers: [
            {
              name: 'main',
              image,
              ...(port && { ports: port.map((containerPort) => ({ containerPort })) }),
              ...(env && { env }),
              ...(Object.keys(requests).length > 0 && { resources: { requests } }),
            },
          ],
        },
      },
      refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
      renewal: { maxUnavailable: 10, maxSurge: 10 },
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: allowFile },
    },
  };
}
