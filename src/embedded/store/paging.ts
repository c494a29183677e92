import type { ListQuery, Page } from '../../cluster/cluster.js';
import { BadRequest, Timeout } from '../../cluster/errors.js';
import type { Item } from './json.js';
import type { Selection } from './selection.js';
import type { Table } from './table.js';

/** Where a page ended: the version that all pages show, and the last object of this one. */
interface Mark {
  readonly version: number;
  readonly namespace: string;
  readonly name: string;
}

/** One page of a list. All pages of a list show the state of its first one. Throws Expired when that is forgotten. */
export function page(table: Table, selection: Selection, query: ListQuery, version: number): Page<Item> {
  if (query.resourceVersion !== undefined && Number(query.resourceVersion) > version)
    throw new Timeout(`Too large resource version: ${query.resourceVersion}, current: ${version}`);
  const mark = query.continue ? readMark(query.continue) : undefined;
  const all = mark ? table.selectAt(selection, mark.version) : table.select(selection);
  const start = mark ? all.findIndex((object) => isAfter(object, mark)) : 0;
  const rest = start < 0 ? [] : start === 0 ? all : all.slice(start);
  const resourceVersion = String(mark?.version ?? version);
  const { limit } = query;
  if (limit === undefined || limit <= 0 || rest.length <= limit) return { items: rest, resourceVersion };
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    resourceVersion,
    continue: writeMark({
      version: mark?.version ?? version,
      namespace: last?.metadata.namespace ?? '',
      name: last?.metadata.name ?? '',
    }),
    // the server does not count what it would have to select
    ...(selection.matches ? {} : { remaining: rest.length - limit }),
  };
}

function isAfter({ metadata }: Item, mark: Mark): boolean {
  const namespace = metadata.namespace ?? '';
  return namespace > mark.namespace || (namespace === mark.namespace && metadata.name > mark.name);
}

const writeMark = (mark: Mark): string => Buffer.from(JSON.stringify(mark)).toString('base64url');

function readMark(text: string): Mark {
  try {
    const mark: Partial<Mark> = JSON.parse(Buffer.from(text, 'base64url').toString());
    const { version, namespace, name } = mark;
    if (typeof version === 'number' && typeof namespace === 'string' && typeof name === 'string')
      return { version, namespace, name };
  } catch {
    // falls through to the refusal
  }
  throw new BadRequest('continue key is not valid');
}
