import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Io } from '../io.js';
import { type Column, namespaceColumn } from './columns.js';
import { table } from './table.js';

export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

export interface Printing<T extends Resource> {
  readonly kind: Kind<T>;
  readonly format: Format;
  readonly columns: readonly Column<T>[];
  /** What was asked for: one object is printed as such, several as a List. */
  readonly asked: 'one' | 'several';
  /** Whether to show the namespace of each. */
  readonly namespaces?: 'all' | 'one';
}

/** Prints objects in the format that was asked for. */
export async function print<T extends Resource>(
  { stdout, clock }: Pick<Io, 'stdout' | 'clock'>,
  objects: readonly T[],
  printing: Printing<T>,
): Promise<void> {
  const { kind, format, asked } = printing;
  switch (format) {
    case 'name':
      for (const { metadata } of objects) stdout.write(`${qualifiedName(kind)}/${metadata.name}\n`);
      return;
    case 'json':
      stdout.write(`${JSON.stringify(document(objects, asked), null, 2)}\n`);
      return;
    case 'yaml': {
      const { stringify } = await import('yaml');
      stdout.write(stringify(document(objects, asked)));
      return;
    }
    case 'table':
    case 'wide': {
      const own = printing.columns.filter(({ wide }) => wide !== true || format === 'wide');
      const columns: readonly Column<T>[] = printing.namespaces === 'all' ? [namespaceColumn, ...own] : own;
      const rows = objects.map((object) => columns.map(({ value }) => value(object, clock.now())));
      stdout.write(
        table(
          columns.map(({ title }) => title),
          rows,
        ),
      );
    }
  }
}

/** As `kubectl -o name` writes it: `containerpool.penstock.dev`, `pod`. */
const qualifiedName = ({ name, group }: Kind<Resource>): string =>
  group === '' ? name.toLowerCase() : `${name.toLowerCase()}.${group}`;

function document(objects: readonly Resource[], asked: 'one' | 'several'): unknown {
  const items = objects.map(readable);
  return asked === 'one' ? items[0] : { apiVersion: 'v1', kind: 'List', metadata: {}, items };
}

/** Nobody reads managedFields; kubectl leaves them out too. */
function readable({ apiVersion, kind, metadata, ...others }: Resource): object {
  const { managedFields: _managedFields, ...rest } = metadata;
  return { apiVersion, kind, metadata: rest, ...others };
}
