import { Command, InvalidArgumentError } from 'commander';
import { poolColumns } from '../../api/columns.js';
import { ContainerPool, type TemplatedPool } from '../../api/container-pool.js';
import { autoscaleWithin, renewalWithin } from '../../api/container-pool-schema.js';
import { containerPool } from '../../api/definitions.js';
import type { Draft, Resource } from '../../api/meta/resource.js';
import { noLatch } from '../../api/latch.js';
import { defaultAudit } from '../../api/upkeep.js';
import { createPool } from '../../client/index.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { readObjects } from '../manifest-file.js';
import { fileOption, integer, type NameValue, outputOption, pair, quantity, several } from '../options.js';
import { columnsOf } from '../output/columns.js';
import { type Format, print } from '../output/print.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Options extends ClusterOptions {
  readonly filename?: string;
  readonly image?: string;
  readonly fromDeployment?: string;
  readonly replicas: number;
  readonly autoscale?: Range;
  readonly port?: readonly number[];
  readonly cpu?: string;
  readonly memory?: string;
  readonly env?: readonly NameValue[];
  readonly label?: readonly NameValue[];
  readonly allowFile?: readonly string[];
  readonly allowImage?: readonly string[];
  readonly output: Format;
}

const ports = (text: string, before: readonly number[] = []) => [...before, integer(1, 65_535)(text)];

export function poolCreateCommand(io: Io): Command {
  return new Command('create')
    .argument('[name]', 'of the pool; with --image or --from-deployment')
    .addOption(fileOption())
    .option('--image <image>', 'of the container')
    .option('--from-deployment <name>', 'the Deployment whose new replicas come from this stock', deploymentName)
    .option('--replicas <n>', 'how many containers to keep ready', integer(0, 10_000), 1)
    .option('--autoscale <min-max>', 'size the stock from demand, within these limits', range)
    .option('--port <number>', 'that the container listens on; may be repeated', ports)
    .option('--cpu <quantity>', 'that a container requests, such as 500m', quantity)
    .option('--memory <quantity>', 'that a container requests, such as 256Mi', quantity)
    .option('--env <name=value>', 'a variable that all containers have from the start; may be repeated', pair)
    .option('--label <name=value>', 'a label for the pods; may be repeated', pair)
    .option('--allow-file <name>', 'a file that claims may hand to a container; may be repeated', several)
    .option('--allow-image <image>', 'another image that claims may ask for; may be repeated', several)
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        ['penstock pool create web --image nginx:1.29 --replicas 10 --port 80', 'ten containers in stock'],
        ['penstock pool create web --image nginx:1.29 --autoscale 2-50', 'as many as demand asks for'],
        ['penstock pool create web --from-deployment web --replicas 10', 'for the replicas of a Deployment'],
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
          columns: columnsOf(poolColumns),
          asked: pools.length === 1 ? 'one' : 'several',
        });
      });
    });
}

/** What commander cannot know: a name with an image, or a file. */
function check(name: string | undefined, options: Options): void {
  const { filename, image, fromDeployment } = options;
  const usage = (message: string, hint: string) => new CodedError('USAGE', message, hint, exitCodes.usage);
  const origin = image ?? fromDeployment;
  if (filename !== undefined && (name !== undefined || origin !== undefined)) {
    throw usage('both a file and a pool in words were given', 'give either -f FILE, or NAME and --image');
  }
  if (filename === undefined && (name === undefined || origin === undefined)) {
    throw usage(
      'neither a file nor name and image of a pool were given',
      'use NAME --image IMAGE, NAME --from-deployment DEPLOYMENT, or -f FILE',
    );
  }
  if (fromDeployment === undefined) return;
  const own = ownTemplate.find((option) => options[option] !== undefined);
  if (own !== undefined) {
    const flag = own.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw usage(
      `--${flag} was given beside --from-deployment`,
      `leave --${flag} out: the containers are made from the template of the Deployment's pods`,
    );
  }
}

/** What says how the containers of a pool with a template of its own are made. */
const ownTemplate = ['image', 'port', 'cpu', 'memory', 'env', 'label', 'allowFile', 'allowImage'] as const;

/** `2-50`: at least two, at most fifty. */
function range(text: string): Range {
  const [, min, max] = /^([0-9]+)-([0-9]+)$/.exec(text) ?? [];
  if (min === undefined || max === undefined) throw new InvalidArgumentError('It must be MIN-MAX, such as 2-50.');
  const limits = { min: integer(0, 10_000)(min), max: integer(1, 10_000)(max) };
  if (limits.min > limits.max) throw new InvalidArgumentError('MIN must be at most MAX.');
  return limits;
}

/** A Deployment as kubectl names it: `web`, `deployment/web`, `deploy/web`. */
function deploymentName(text: string): string {
  const [kind = '', name] = text.includes('/') ? text.split('/', 2) : ['deployment', text];
  if (/^deploy(ments?)?([.]apps)?$/i.test(kind) && name) return name;
  throw new InvalidArgumentError(
    'Only Deployments can be given: pods of a StatefulSet go by their numbers, those of a Job are counted by finalizers, those of a DaemonSet belong to their nodes.',
  );
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
  const { fromDeployment, replicas, autoscale } = options;
  const origin = fromDeployment === undefined ? templateOf(options) : { fromDeployment: { name: fromDeployment } };
  return {
    metadata: { name, namespace },
    spec: {
      replicas,
      ...(autoscale && { autoscale: autoscaleWithin(autoscale) }),
      ...origin,
      refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
      renewal: renewalWithin({}),
      audit: defaultAudit,
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: options.allowFile ?? [] },
      latch: noLatch,
      ...(options.allowImage && { images: [...options.allowImage] }),
    },
  };
}

function templateOf(options: Options): Pick<TemplatedPool['spec'], 'template'> {
  const { image = '', port, cpu, memory, env, label } = options;
  const requests = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  const labels = label && Object.fromEntries(label.map(({ name, value }) => [name, value]));
  const main = {
    name: 'main',
    image,
    ...(port && { ports: port.map((containerPort) => ({ containerPort })) }),
    ...(env && { env }),
    ...(Object.keys(requests).length > 0 && { resources: { requests } }),
  };
  return { template: { ...(labels && { metadata: { labels } }), spec: { containers: [main] } } };
}
