import { Command } from 'commander';
import type { Column } from '../api/columns.js';
import type { Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import { type ClusterOptions, withCluster } from './connection.js';
import type { Io } from './io.js';
import { allNamespacesOption, outputOption } from './options.js';
import { columnsOf } from './output/columns.js';
import { type Format, print } from './output/print.js';

export interface ListOptions extends ClusterOptions {
  readonly allNamespaces?: boolean;
  readonly output: Format;
}

export function listCommand(): Command {
  return new Command('list').addOption(allNamespacesOption()).addOption(outputOption());
}

/** Lists the objects of a kind of ours, as kubectl does. */
export async function listObjects<T extends Resource>(
  io: Io,
  options: ListOptions,
  kind: Kind<T>,
  columns: readonly Column[],
  noun: string,
): Promise<void> {
  await withCluster(io, options, async ({ cluster, namespace }) => {
    const everywhere = options.allNamespaces === true;
    const { items } = await cluster.list(kind, everywhere ? {} : { namespace }, { signal: io.interrupted });
    const sorted = [...items].sort(({ metadata: a }, { metadata: b }) =>
      `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1,
    );
    const isText = options.output === 'table' || options.output === 'wide';
    if (sorted.length === 0 && isText) {
      io.stderr.write(everywhere ? `There are no ${noun}.\n` : `There are no ${noun} in namespace ${namespace}.\n`);
      return;
    }
    await print(io, sorted, {
      kind,
      format: options.output,
      columns: columnsOf(columns),
      asked: 'several',
      namespaces: everywhere ? 'all' : 'one',
    });
  });
}
